import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../core/base/job';
import type { ModelChoice } from '../core/models/network';
import { initialValues, network, type Values } from '../core/models/network';
import { type BaseConfig, sizeOf } from '../core/models/spec';
import type { Exported } from '../core/export/format';
import type { RunInfo } from '../core/export/homegrownJson';
import type { Snapshot } from '../core/checkpoint/snapshot';
import { logits } from '../core/sample/logits';
import { memory } from '../core/sample/memory';
import { ourLogits, trainedModels } from '../testing/trainedModel';
import { hubWeights } from '../core/export/weights';
import { modelSpec } from '../core/models';
import { BLOCK, isInFours, type Kernels, type Reader } from '../core/models/page';
import { decisive } from '../testing/decoding';
import { plainKernels } from './kernels';
import { simdKernels } from './simdKernels';
import { nextScores } from './nextScores';

async function reader(model: ModelChoice, values: Values, make: (floats: number) => Kernels): Promise<Reader> {
  const { page } = await modelSpec(model.id).page!();
  const weights = hubWeights({ info: { model } as RunInfo, snapshot: { tensors: values } as Snapshot });
  const floats = [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const kernels = make(floats + page.workspaceOf(model));
  const held = new Map(
    [...weights].map(([name, { shape, pieces }]) => {
      const array = kernels.floats(sizeOf(shape));
      let at = 0;
      for (const piece of pieces()) {
        array.set(piece, at);
        at += piece.length;
      }
      return [name, array] as const;
    }),
  );
  return page.reader(model, (name) => held.get(name)!, kernels);
}

/** Largest difference from the app's own scores, at every position, read in blocks of a length. */
function difference(read: Reader, ids: readonly number[], expected: Float32Array, block: number): number {
  let worst = 0;
  for (let at = 0; at < ids.length; at += block) {
    const some = ids.slice(at, at + block);
    read.read(some, at);
    const scores = read.scores();
    const row = (at + some.length - 1) * scores.length;
    for (const [i, score] of scores.entries()) worst = Math.max(worst, Math.abs(score - expected[row + i]!));
  }
  return worst;
}

beforeAll(() => tf.setBackend('cpu'));

describe("scores equal the app's", () => {
  test('for trained models of each architecture, within 1e-4', async () => {
    for (const { info, snapshot, tokens } of await trainedModels()) {
      const { model } = info;
      const ids = [...(await tokens!.validation.read(0, model.config.context))];
      const expected = await ourLogits({ info, snapshot } as Exported, ids);
      for (const make of [simdKernels, () => plainKernels]) {
        for (const block of [1, 7, BLOCK]) {
          const read = await reader(model, snapshot.tensors, make);
          expect(difference(read, ids, expected, block), info.name).toBeLessThan(1e-4);
        }
      }
    }
  });

  const odd = { layers: 2, heads: 3, width: 12, context: 10 };
  const ODD: readonly ModelChoice[] = [
    { id: 'gpt', config: odd, vocabulary: 17 },
    {
      id: 'llama',
      config: {
        ...odd,
        kvHeads: 1,
        hidden: 9,
        headWidth: 2,
        theta: 50,
        normEpsilon: 1e-4,
        qkNorm: 'heads',
        norm: 'before',
        window: 4,
        untied: true,
      } as BaseConfig,
      vocabulary: 17,
    },
    {
      id: 'llama',
      config: {
        ...{ ...odd, kvHeads: 1, hidden: 9, headWidth: 2, theta: 50, normEpsilon: 1e-4 },
        ...{ qkNorm: 'rows', norm: 'after', window: 0 },
      },
      vocabulary: 17,
    },
  ];
  test.each(ODD)("for lengths that aren't multiples of eight, in plain JavaScript: $id", async (model) => {
    const { page } = await modelSpec(model.id).page!();
    expect(isInFours(page, model)).toBe(false);
    const values = decisive(model, 1);
    const net = await network(model, values);
    const ids = [1, 16, 5, 5, 0, 9, 3, 2, 8, 11];
    const read = await reader(model, values, () => plainKernels);
    expect(difference(read, ids, await logits(net, ids), 4)).toBeLessThan(1e-4);
    net.dispose();
  });
});

describe("for models that don't continue a text", () => {
  const sizes = { layers: 2, heads: 2, width: 16, context: 12 };
  const BERT = { hidden: 40, tokenTypes: 2, normEpsilon: 1e-12 };
  const T5 = { hidden: 24, buckets: 8, maxDistance: 6, normEpsilon: 1e-6 };
  const [ids, source] = [
    [1, 16, 5, 5, 0, 9, 3],
    [4, 8, 15, 16, 2, 7, 1, 1, 12],
  ];
  const kernelsOf = [simdKernels, () => plainKernels] as const;

  test.each([
    ['by the error function', { tanh: false }],
    ['by tanh, untied', { tanh: true, untied: true as const }],
    ['odd', { tanh: false, heads: 3, width: 9, hidden: 10 }],
  ])("BERT, %s: every position has the app's scores", async (_, change) => {
    const model: ModelChoice = { id: 'bert', config: { ...sizes, ...BERT, ...change }, vocabulary: 17 };
    const values = decisive(model, 1);
    const net = await network(model, values);
    const expected = await logits(net, ids);
    for (const make of kernelsOf.slice(isInFours((await modelSpec('bert').page!()).page, model) ? 0 : 1)) {
      const read = await reader(model, values, make);
      read.read(ids, 0);
      for (const at of ids.keys()) {
        const scores = read.scores(at);
        for (const [i, score] of scores.entries()) expect(Math.abs(score - expected[17 * at + i]!)).toBeLessThan(1e-4);
      }
    }
    net.dispose();
  });

  test.each([
    ['with a gate', { gated: true, scaled: false, untied: true as const, headWidth: 0 }],
    ['with ReLU, scaled', { gated: false, scaled: true, headWidth: 16 }],
    ['odd', { gated: true, scaled: true, headWidth: 3, hidden: 10, width: 9, heads: 3 }],
  ])("T5, %s: gives the app's scores of an answer, in blocks of any length", async (_, change) => {
    const model: ModelChoice = { id: 't5', config: { ...sizes, ...T5, ...change }, vocabulary: 17 };
    // Uses the initial weights, which are decisive enough. At 12 times the size, rounding would decide each softmax.
    const values: Values = new Map(
      [...initialValues(model, 1)].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((x, at) => (x === 1 ? 1 + 0.3 * Math.sin(at) : x)) },
      ]),
    );
    const net = await network(model, values);
    const kept = memory(net, source);
    const expected = await logits(net, ids, undefined, kept);
    kept.dispose();
    for (const make of kernelsOf.slice(isInFours((await modelSpec('t5').page!()).page, model) ? 0 : 1)) {
      for (const block of [1, 3, BLOCK]) {
        const read = await reader(model, values, make);
        read.source!([2, 2]); // replaced by the next source
        read.source!(source);
        expect(difference(read, ids, expected, block)).toBeLessThan(1e-4);
      }
    }
    net.dispose();
  });
});

test("doesn't read cached tokens again, and never confuses them with another text", async () => {
  const reads: [number, number][] = [];
  let last = -1;
  const recorder: Reader = {
    read: (ids, from) => {
      reads.push([from, ids.length]);
      last = ids.at(-1)!;
    },
    scores: () => Float32Array.of(last),
  };
  const next = nextScores(recorder, 4);
  const ask = (ids: number[]) => next(ids, unwatched.signal);
  expect(await ask([1, 2, 3])).toEqual(Float32Array.of(3));
  expect(await ask([1, 2, 3, 4])).toEqual(Float32Array.of(4));
  await ask([1, 2, 3, 4, 5]); // drops two
  await ask([3, 4, 9]);
  await ask([3, 4, 9]); // reads the last token again for its scores
  expect(reads).toEqual([[0, 3], [3, 1], [0, 3], [2, 1], [2, 1]]); // prettier-ignore
  expect(await next([7], AbortSignal.abort())).toBeNull();
});
