import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { loadObjective } from '.';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { evaluator } from '../evaluate/evaluator';
import { initialValues, network } from '../models/network';
import { buildShards } from '../shards/build';
import { openPart } from '../shards/read';
import { importText, openText } from '../documents';
import { stream } from '../../testing/texts';
import { generate } from '../sample/generate';
import { greedy } from '../sample/greedy';
import { createTokenizer } from '../tokenizer/byteLevel';
import { answerStart, sourceIds } from '../tokenizer/prompt';
import { stepBatch } from './batch';
import { measurePairs } from './pairFacts';
import { marksOf, pairRow, pairsIn, pairsInRows } from './pairRows';
import { tokenSource } from '../../testing/tokenSource';

beforeAll(() => tf.setBackend('cpu'));

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const rows = Array.from({ length: 40 }, (_, i) => {
  const word = (i * 7919 + 1234).toString(3);
  return [word, Array.from(word).reverse().join('')] as const;
});
async function table(lines: readonly (readonly [string, string])[] = rows) {
  const store = memoryStore();
  const bytes = new TextEncoder().encode(['input,target', ...lines.map((row) => row.join(','))].join('\n'));
  const source = {
    name: 'a.csv',
    size: bytes.length,
    stream: () => stream([bytes]),
    table: { format: 'csv', columns: null } as const,
  };
  const outcome = await importText(source, store, { addedAt: 1 }, unwatched);
  if (outcome.kind !== 'added') throw new Error(outcome.kind);
  const documents = await openText(store, outcome.text.id);
  const manifest = await buildShards(documents, tokenizer, { validation: 0.2, test: 0, seed: 0 }, store, unwatched);
  return { train: openPart(store, manifest, 'train'), validation: openPart(store, manifest, 'validation') };
}
const text = (ids: Iterable<number>): string =>
  Array.from(ids, (id) =>
    id === tokenizer.endOfText ? '$' : id < 0 ? '_' : String.fromCharCode(...tokenizer.bytes(id)),
  ).join('');

test('every table row is a pair in one part, with its own ids', async () => {
  const { train, validation } = await table();
  const read: (readonly [string, string])[] = [];
  for (const part of [train, validation]) {
    const pairs = await pairsIn(part);
    for (let i = 0; i < pairs.count; i++) {
      const { input, between, target } = await pairs.read(i);
      expect(text(between)).toBe('\n');
      expect(pairs.lengths[i]).toEqual([input.length, 1, target.length]);
      read.push([text(input), text(target)]);
    }
  }
  expect(read.sort()).toEqual([...rows].sort());
  await expect(pairsIn(tokenSource(new Uint32Array(9), 257))).rejects.toMatchObject({ code: 'bad-settings' });
});

test('makes rows for both kinds of models, complete and truncated', () => {
  const pair = { input: tokenizer.encode('abcd'), between: tokenizer.encode('\n'), target: tokenizer.encode('xyz') };
  const marks = marksOf(tokenizer);
  const row = (context: number, kind: 'decoder' | 'encoder-decoder') => {
    const { source, ids, targets } = pairRow(pair, context, kind, marks);
    expect(ids).toHaveLength(targets.length);
    return [...(source ? [text(source)] : []), text(ids), text(targets)];
  };
  expect(row(8, 'encoder-decoder')).toEqual(['abcd$', '$xyz', 'xyz$']);
  expect(row(3, 'encoder-decoder')).toEqual(['ab$', '$xy', 'xyz']);
  expect(row(8, 'decoder')).toEqual(['abcd\nxyz', '____xyz$']);
  expect(row(7, 'decoder')).toEqual(['abc\nxyz', '___xyz$']);
  expect(row(5, 'decoder')).toEqual(['ab\nxy', '__xyz']);
  for (let context = 3; context < 12; context++) {
    for (const kind of ['decoder', 'encoder-decoder'] as const) {
      const { source = [], ids } = pairRow(pair, context, kind, marks);
      expect(Math.max(source.length, ids.length)).toBeLessThanOrEqual(context);
    }
  }
});

test('copying the input and a unigram model of targets are baselines', async () => {
  const words = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh', 'ii', 'jj'];
  const { train, validation } = await table(words.map((word, i) => [word, i % 2 === 0 ? word : 'zz']));
  const { pairs } = await measurePairs(train, validation, tokenizer);
  const held = await pairsIn(validation);
  let same = 0;
  for (let i = 0; i < held.count; i++) same += text((await held.read(i)).target) === 'zz' ? 0 : 1;
  expect(pairs!.copied['exactMatch']).toBeCloseTo((100 * same) / held.count, 9);
  expect(pairs!.unigramLoss).toBeGreaterThan(Math.log(2));
  expect(pairs!.unigramLoss).toBeLessThan(Math.log(tokenizer.size));
  const plain = Object.assign(tokenSource(new Uint32Array(9), 257), { documents: () => Promise.resolve(null) });
  expect(await measurePairs(plain, plain, tokenizer)).toEqual({});
});

test('counts truncated pairs', async () => {
  const { train } = await table([
    ['a', 'b'],
    ['abcdefgh', 'b'],
    ['a', 'abcdefghij'],
    ['c', 'd'],
    ['e', 'f'],
  ]);
  const { count } = await pairsIn(train);
  expect(await pairsInRows(train, 64, 'decoder', tokenizer)).toEqual({ rows: count, isCut: false });
  const { words } = await pairsInRows(train, 6, 'encoder-decoder', tokenizer);
  expect(words).toMatch(
    new RegExp(`^[01] inputs and [01] targets of ${count} training pairs are longer than a context of 6`),
  );
});

const CHOICE = {
  id: 'gpt',
  config: { layers: 1, heads: 2, width: 16, context: 24 },
  vocabulary: tokenizer.size,
} as const;

test('batches depend on seed, step and row only, and losses and gradients of micro-batches add up', async () => {
  const { train } = await table();
  const objective = await loadObjective('pairs', {}, { id: 'gpt' });
  const batches = await objective.batches(train, 24, tokenizer);
  const whole = await stepBatch(batches, { seed: 3, batch: 6, accumulate: 1 }, 5);
  expect(await stepBatch(batches, { seed: 3, batch: 2, accumulate: 3 }, 5)).toEqual(whole);
  const net = await network(CHOICE, initialValues(CHOICE, 1));
  const gradients = async (first: number, rows: number): Promise<Float32Array[]> => {
    const { arrays } = await batches.training({ seed: 3, step: 5, first, rows });
    const { value, grads } = tf.variableGrads(() => {
      const inputs = {
        ids: tf.tensor2d(arrays['ids']!, [rows, 24], 'int32'),
        targets: tf.tensor1d(arrays['targets']!, 'int32'),
      };
      return objective.loss(net, inputs, tf.tensor1d([whole.weight], 'int32'));
    });
    return Promise.all([value, ...Object.values(grads)].map((tensor) => tensor.data<'float32'>()));
  };
  const all = await gradients(0, 6);
  const parts = [await gradients(0, 1), await gradients(1, 3), await gradients(4, 2)];
  for (const [i, gradient] of all.entries()) {
    const sum = gradient.map((_, j) => parts.reduce((total, part) => total + part[i]![j]!, 0));
    for (const [j, value] of gradient.entries()) expect(Math.abs(sum[j]! - value)).toBeLessThan(1e-6);
  }
  net.dispose();
});

const T5 = {
  id: 't5',
  config: {
    layers: 1,
    heads: 2,
    width: 16,
    context: 24,
    hidden: 32,
    headWidth: 0,
    gated: true,
    buckets: 8,
    maxDistance: 16,
  },
  vocabulary: tokenizer.size,
} as const;

test.each([CHOICE, T5])(
  'an evaluation of $id is the same each time and scores answers; the loss covers the target only',
  async (choice) => {
    const { validation } = await table();
    const net = await network(choice, initialValues(choice, 1));
    const objective = await loadObjective('pairs', {}, choice);
    const { measure, dispose } = evaluator(net, objective);
    const settings = { rows: 4, tokens: 1000 };
    const before = tf.memory().numTensors;
    const once = await measure(validation, settings, tokenizer);
    expect(await measure(validation, settings, tokenizer)).toEqual(once);
    expect(Object.keys(once.metrics)).toEqual(expect.arrayContaining(['exactMatch', 'chrf']));
    expect(once.loss).toBeGreaterThan(Math.log(257) - 0.3);
    const shown = await objective.show(net, { tokenizer, prompt: '12', source: validation });
    expect(shown).toHaveLength(4);
    expect(shown).toMatchObject([{ kind: 'answered' }, {}, {}, {}]);
    expect(await objective.show(net, { tokenizer, prompt: '12' })).toMatchObject({ kind: 'answered', input: '12' });
    expect(tf.memory().numTensors).toBe(before);
    dispose();
    net.dispose();
  },
);

test.each([CHOICE, T5])('batched answers of $id equal those computed one by one', async (choice) => {
  const net = await network(choice, initialValues(choice, 2));
  const texts = ['12', '2', '01210'];
  const settings = { seed: 0, length: 12, temperature: 0, topK: 0, topP: 1, beams: 1, lengthPenalty: 1 };
  const ends = tokenizer.endOfText;
  const one = async (text: string): Promise<number[]> => {
    const ids: number[] = [];
    const source = choice.id === 't5' ? sourceIds(tokenizer, text) : undefined;
    const begin = source ? [answerStart(tokenizer)] : tokenizer.encode(`${text}\n`);
    for await (const { id } of generate(net, begin, settings, unwatched, undefined, source)) {
      if (id === ends) break;
      ids.push(id);
    }
    return ids;
  };
  const begins = texts.map((each) =>
    choice.id === 't5' ? [answerStart(tokenizer)] : [...tokenizer.encode(`${each}\n`)],
  );
  const sources = choice.id === 't5' ? texts.map((each) => sourceIds(tokenizer, each)) : undefined;
  const all = await greedy(net, begins, { end: ends, max: 12 }, sources);
  for (const [i, each] of texts.entries()) expect(all[i]).toEqual(await one(each));
  net.dispose();
});
