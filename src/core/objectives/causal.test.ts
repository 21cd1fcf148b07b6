import { expect, it } from 'vitest';
import type { TokenSource } from '../shards/manifest';
import { noneSpecial } from '../../testing/noneSpecial';
import { loadObjective } from '.';
import { type EvaluationBatch, stepBatch, type StepRows } from './batch';

const causal = await loadObjective('causal');
async function batch(source: TokenSource, { context, ...of }: Omit<StepRows, 'first'> & { context: number }) {
  const batches = await causal.batches(source, context, noneSpecial);
  return (await batches.training({ first: 0, ...of })).arrays as unknown as Arrays;
}
async function evaluated(source: TokenSource, context: number, rows: number, tokens: number) {
  const all: (Omit<EvaluationBatch, 'arrays'> & Arrays)[] = [];
  const batches = await causal.batches(source, context, noneSpecial);
  for await (const { arrays, ...at } of batches.evaluation({ rows, tokens }))
    all.push({ ...at, ...(arrays as unknown as Arrays) });
  return all;
}
interface Arrays {
  ids: Int32Array;
  targets: Int32Array;
}

/** Source whose token i has the id i. */
const counting = (tokens: number): TokenSource => ({
  tokens,
  bytes: tokens,
  vocabulary: tokens,
  read: (start, length) =>
    start < 0 || start + length > tokens
      ? Promise.reject(new RangeError('outside'))
      : Promise.resolve(Uint32Array.from({ length }, (_, i) => start + i)),
});

it('is a pure function of seed and step, with targets one ahead', async () => {
  const at = { seed: 1, step: 5, rows: 4, context: 16 };
  const one = await batch(counting(1000), at);
  expect(one.ids).toHaveLength(64);
  expect(one.targets).toEqual(one.ids.map((id) => id + 1));
  for (let row = 0; row < 4; row++) expect(one.ids[row * 16 + 15]).toBe(one.ids[row * 16]! + 15);
  expect(await batch(counting(1000), at)).toEqual(one);
  expect((await batch(counting(1000), { ...at, step: 6 })).ids).not.toEqual(one.ids);
  expect((await batch(counting(1000), { ...at, seed: 2 })).ids).not.toEqual(one.ids);
});

it('starts at every position equally often, including the first and the last', async () => {
  const [tokens, context, rows] = [10, 3, 70_000];
  const { ids } = await batch(counting(tokens), { seed: 3, step: 0, rows, context });
  const counts = new Array<number>(7).fill(0);
  for (let row = 0; row < rows; row++) counts[ids[row * context]!]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
  // The text has room for one window only.
  expect((await batch(counting(4), { seed: 3, step: 0, rows: 2, context })).ids).toEqual(
    Int32Array.of(0, 1, 2, 0, 1, 2),
  );
});

it('makes the same rows of a step for any grouping of requests', async () => {
  const batches = await causal.batches(counting(1000), 16, noneSpecial);
  const whole = await stepBatch(batches, { seed: 1, batch: 6, accumulate: 1 }, 5);
  expect(await stepBatch(batches, { seed: 1, batch: 2, accumulate: 3 }, 5)).toEqual(whole);
  expect(whole.weight).toBe(96);
});

it('evaluates the same windows each time: disjoint, spread evenly, in whole batches', async () => {
  const windows = await evaluated(counting(1000), 8, 4, 200);
  expect(windows).toEqual(await evaluated(counting(1000), 8, 4, 200));
  expect(windows.map(({ rows }) => rows)).toEqual([4, 4, 4, 4, 4, 4]);
  const starts = windows.flatMap(({ ids }) => [0, 8, 16, 24].map((i) => ids[i]!));
  for (const [i, start] of starts.entries()) expect(start - (starts[i - 1] ?? -8)).toBeGreaterThanOrEqual(8);
  expect(starts[0]).toBe(0);
  expect(starts.at(-1)).toBeGreaterThan(900);
  for (const { ids, targets } of windows) expect(targets).toEqual(ids.map((id) => id + 1));
});

it('evaluates short parts too', async () => {
  const shape = async (tokens: number, max = 1e6): Promise<number[][]> =>
    (await evaluated(counting(tokens), 8, 4, max)).map(({ rows, context }) => [rows, context]);
  expect(await shape(1000, 0)).toEqual([[1, 8]]);
  expect(await shape(33)).toEqual([[4, 8]]);
  expect(await shape(32)).toEqual([[3, 8]]);
  expect(await shape(49)).toEqual([[4, 8]]);
  expect(await shape(9)).toEqual([[1, 8]]);
  expect(await shape(5)).toEqual([[1, 4]]);
  expect(await shape(1)).toEqual([]);
  expect(await shape(0)).toEqual([]);
});
