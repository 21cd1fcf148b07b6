import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { unwatched } from '../base/job';
import { initialValues, network } from '../models/network';
import { buildShards } from '../shards/build';
import { openPart } from '../shards/read';
import { useSingleThreadWasm } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { chatRows, chatsIn, chatsInRows } from './chatRows';
import { chats } from './chats';
import { predictedIn } from './batch';
import { propertyRuns } from '../../testing/propertyRuns';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });

interface Turns {
  /** Lengths of context and trained text, per exchange. */
  turns: readonly (readonly [read: number, answer: number])[];
}

/** Conversation whose ids are all different, so that each id identifies its position. */
function conversation({ turns }: Turns, place: number): Document {
  const ids: number[] = [];
  const lossRanges: [number, number][] = [];
  for (const [read, answer] of turns) {
    for (let i = 0; i < read; i++) ids.push((place * 31 + ids.length) % 256);
    lossRanges.push([ids.length, ids.length + answer]);
    for (let i = 0; i < answer; i++) ids.push((place * 31 + ids.length) % 256);
  }
  const sha256 = place.toString(16).padStart(8, '0').repeat(8);
  return {
    sha256,
    characters: ids.length,
    bytes: ids.length,
    chunks: () => [] as unknown as AsyncIterable<string>,
    text: 'chats',
    place,
    encoded: () => Promise.resolve({ ids: Uint32Array.from(ids), lossRanges }),
  };
}

/** Training part with all conversations, except those that must be held out. */
async function partOf(all: readonly Turns[]) {
  const store = memoryStore();
  const documents = all.map(conversation);
  const split = { validation: 0.01, test: 0, seed: 0, shardLength: 7 };
  const manifest = await buildShards(documents, tokenizer, split, store, unwatched);
  return { source: openPart(store, manifest, 'train'), documents };
}

const turns = fc.record({
  turns: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })), {
    minLength: 1,
    maxLength: 4,
  }),
});
const some = fc.array(turns, { minLength: 2, maxLength: 12 });

test('each trained token that fits is a target once, at the position before it, and no other token is', async () => {
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 12, max: 40 }), async (all, context) => {
      const { source, documents } = await partOf(all);
      const rows = await chatRows(source, context, tokenizer.endOfText);
      const found: string[] = [];
      for await (const { arrays, weight, rows: count } of rows.evaluation({ rows: 1, tokens: 1e6 })) {
        const { ids, targets, places, ends } = arrays as Record<string, Int32Array>;
        expect(weight).toBe(predictedIn(targets!));
        for (let at = 0; at < count * context; at++) {
          const inRow = at % context;
          expect(ends![at]!).toBeGreaterThan(inRow);
          expect(places![at]!).toBeLessThanOrEqual(inRow);
          if (targets![at]! < 0) continue;
          const begin = at - places![at]!;
          found.push([...ids!.subarray(begin, at + 1), targets![at]!].join(' '));
        }
      }
      const wanted: string[] = [];
      for (const { place } of (await source.documents())!) {
        const { ids, lossRanges } = await documents[place]!.encoded!();
        const fits = lossRanges.filter(([, to]) => to <= context + 1);
        for (const [from, to] of fits)
          for (let at = from; at < to; at++) wanted.push([...ids.subarray(0, at + 1)].join(' '));
      }
      expect(found.sort()).toEqual(wanted.sort());
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('drops whole exchanges that do not fit, counts and reports them, and refuses data that do not fit at all', async () => {
  const { source } = await partOf([
    { turns: [[4, 4]] },
    { turns: [[4, 4], [4, 4], [4, 4]] }, // prettier-ignore
    { turns: [[30, 4]] },
    { turns: [[2, 2]] },
    { turns: [[3, 3]] },
  ]);
  const found = await chatsIn(source, 16);
  expect(found.conversations).toBe(4);
  expect([found.shortened + found.tooLong > 0, found.leftOut <= 1]).toEqual([true, true]);
  expect((await chatsInRows(source, 16)).words).toMatch(
    /^4 conversations, .* % of their tokens trained on: packed into/,
  );
  await expect(chatsIn(source, 2)).rejects.toThrow(/None of 4 conversations fits the context of 2/);
});

test('masked tokens have no gradient: other targets there leave the loss unchanged, bit for bit', async () => {
  await useSingleThreadWasm();
  const { source } = await partOf([{ turns: [[5, 4], [2, 3]] }, { turns: [[3, 6]] }, { turns: [[2, 2]] }]); // prettier-ignore
  const context = 16;
  const rows = await chatRows(source, context, tokenizer.endOfText);
  const { arrays, weight } = await rows.training({ seed: 1, step: 1, first: 0, rows: 2 });
  const { gradients } = await lossAndGradients(arrays as Record<string, Int32Array>, weight, context);
  const otherwise = Int32Array.from(arrays['targets']!, (target, i) => (target < 0 ? -2 - (i % 9) : target));
  const other = await lossAndGradients({ ...arrays, targets: otherwise }, weight, context);
  expect(other.gradients).toEqual(gradients);
  // A trained token has a gradient.
  const at = otherwise.findIndex((target) => target >= 0);
  const changed = otherwise.with(at, (otherwise[at]! + 1) % 256);
  expect((await lossAndGradients({ ...arrays, targets: changed }, weight, context)).gradients).not.toEqual(gradients);
});

async function lossAndGradients(arrays: Record<string, Int32Array>, weight: number, context: number) {
  const tf = await import('@tensorflow/tfjs');
  const { loss } = await chats.load();
  const sizes = { layers: 1, heads: 2, width: 8, context };
  const model = { id: 'gpt', config: sizes, vocabulary: tokenizer.size } as const;
  const net = await network(model, initialValues(model, 1));
  const of = (name: string, shape: number[]) => tf.tensor(arrays[name]!, shape, 'int32');
  const all = arrays['ids']!.length;
  const inputs = {
    ids: of('ids', [all / context, context]),
    targets: of('targets', [all]),
    places: of('places', [all]),
    ends: of('ends', [all]),
  };
  const { grads } = tf.variableGrads(() => loss(net, inputs, tf.tensor1d([weight], 'int32')));
  const gradients = Object.values(grads).map((gradient) => [...gradient.dataSync()]);
  net.dispose();
  return { gradients };
}
