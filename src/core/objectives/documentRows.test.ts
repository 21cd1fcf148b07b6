import { expect, test } from 'vitest';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { loadObjective } from '.';
import { stepBatch } from './batch';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const END = tokenizer.endOfText;
const TEXTS = ['Call me Ishmael.', 'A', 'Some years ago', 'Never mind how long precisely', 'Xyz', 'I thought'];
/** First ids of documents, which no other piece begins with. */
const STARTS = new Set(TEXTS.map((text) => tokenizer.encode(text)[0]));
const source = textSource(tokenizer, TEXTS);
const CONTEXT = 12;
const objective = await loadObjective('causal', { packing: 'documents' }, { id: 'gpt' });
const batches = await objective.batches(source, CONTEXT, tokenizer);

interface Arrays {
  ids: Int32Array;
  targets: Int32Array;
  places: Int32Array;
  ends: Int32Array;
}
/** Inputs and targets of each document in a batch. */
function documentsOf({ ids, targets, places, ends }: Arrays) {
  const found: { ids: number[]; targets: number[] }[] = [];
  for (let n = 0, row = 0; n < ids.length;) {
    row = n - (n % CONTEXT);
    const end = row + ends[n]!;
    for (let t = n; t < end; t++) expect([places[t], ends[t]]).toEqual([t - n, end - row]);
    found.push({ ids: [...ids.subarray(n, end)], targets: [...targets.subarray(n, end)] });
    n = end;
  }
  return found;
}
const isText = ({ targets }: { targets: number[] }): boolean => targets.some((target) => target >= 0);
const arraysOf = async (step: number, rows = 8): Promise<Arrays> =>
  (await batches.training({ seed: 1, step, first: 0, rows })).arrays as unknown as Arrays;

test('an evaluation predicts every token of a part once, each from earlier tokens of its document only', async () => {
  const all: number[] = [];
  let weight = 0;
  for await (const batch of batches.evaluation({ rows: 1, tokens: 1e6 })) {
    weight += batch.weight;
    for (const { ids, targets } of documentsOf(batch.arrays as unknown as Arrays)) {
      if (targets[0] === -1) expect(new Set([...ids, ...targets])).toEqual(new Set([END, -1]));
      else expect(ids.slice(1)).toEqual(targets.slice(0, -1));
      all.push(...targets.filter((target) => target >= 0));
    }
  }
  const wanted = [...(await source.read(0, source.tokens))];
  expect(weight).toBe(source.tokens);
  expect(all.sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
});

test('a step reads documents with and without a start token', async () => {
  const begins = { marked: 0, bare: 0 };
  for (let step = 0; step < 20; step++) {
    for (const { ids, targets } of documentsOf(await arraysOf(step)).filter(isText)) {
      if (ids[0] === END) begins.marked++;
      else if (STARTS.has(ids[0])) begins.bare++;
      expect(ids.slice(1)).toEqual(targets.slice(0, -1));
    }
  }
  expect(Math.abs(begins.marked - begins.bare)).toBeLessThan(0.4 * (begins.marked + begins.bare));
});

test('all documents begin with a start token if prompts do', async () => {
  const applied = Object.assign(Object.create(tokenizer) as typeof tokenizer, { begin: 7 });
  const own = await objective.batches(source, CONTEXT, applied);
  const { arrays, weight } = await own.training({ seed: 1, step: 1, first: 0, rows: 30 });
  const texts = documentsOf(arrays as unknown as Arrays).filter(isText);
  expect(texts.filter(({ ids }) => ids[0] === 7).length).toBeGreaterThan(20);
  expect(texts.filter(({ ids }) => ids[0] === END)).toEqual([]);
  expect(weight).toBe(texts.reduce((sum, { targets }) => sum + targets.length, 0));
});

test('the rows of a step are the same for any grouping of requests, and differ between steps', async () => {
  const whole = await stepBatch(batches, { seed: 1, batch: 6, accumulate: 1 }, 5);
  expect(await stepBatch(batches, { seed: 1, batch: 2, accumulate: 3 }, 5)).toEqual(whole);
  expect(await stepBatch(batches, { seed: 1, batch: 6, accumulate: 1 }, 6)).not.toEqual(whole);
  for (const [name, { shape }] of Object.entries(objective.inputs(6, CONTEXT)))
    expect(whole.arrays[name], name).toHaveLength(shape.reduce((a, b) => a * b));
});

test('without document packing, a batch has ids and targets only', async () => {
  const plain = await loadObjective('causal', { packing: 'stream' }, { id: 'gpt' });
  expect(Object.keys(plain.inputs(2, 8))).toEqual(['ids', 'targets']);
});
