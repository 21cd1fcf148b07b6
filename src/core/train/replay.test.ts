import { expect, test } from 'vitest';
import type { Batches } from '../objectives/batch';
import { replaying } from './replay';

/** Batches whose rows hold their source's mark and their number. */
const rowsOf = (mark: number): Batches => ({
  training: ({ first, rows }) => {
    const ids = Int32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? mark : first + i / 2 - 0.5));
    return Promise.resolve({ arrays: { ids }, weight: rows });
  },
  async *evaluation() {
    yield await Promise.resolve({ arrays: { ids: Int32Array.of(mark) }, weight: 1, rows: 1, context: 1 });
  },
});

test('replays about its share of rows, independently of grouping, and each row keeps its number', async () => {
  const both = replaying(rowsOf(1), rowsOf(2), 0.3);
  const ofStep = (first: number, rows: number) => both.training({ seed: 5, step: 9, first, rows });
  const all = await ofStep(0, 1000);
  expect(all.weight).toBe(1000);
  const ids = all.arrays['ids']!;
  const old = ids.filter((id, i) => i % 2 === 0 && id === 2).length;
  expect(old).toBeGreaterThan(250);
  expect(old).toBeLessThan(350);
  for (const [first, rows] of [
    [0, 1],
    [17, 40],
    [999, 1],
  ] as const)
    // prettier-ignore
    expect([...(await ofStep(first, rows)).arrays['ids']!]).toEqual([...ids.subarray(2 * first, 2 * (first + rows))]);
  expect((await both.training({ seed: 5, step: 10, first: 0, rows: 1000 })).arrays['ids']).not.toEqual(ids);
});

test('evaluates new text only', async () => {
  for await (const { arrays } of replaying(rowsOf(1), rowsOf(2), 0.9).evaluation({ rows: 1, tokens: 1 }))
    expect([...arrays['ids']!]).toEqual([1]);
});
