import { expect, test } from 'vitest';
import type { Evaluation } from './evaluation';
import { evaluationSchema } from './evaluation';
import { listHash, withListHashes } from './listHash';
import type { TaskItems } from './taskTable';

const share = { value: 50, low: 1, high: 99, pairs: 1, margin: 0 };
const task = { name: 'a.csv', rows: 1, cut: 0, metrics: {}, baselines: {}, missed: [] };
const found: Evaluation = {
  ...{ tokens: 0, documents: 0, bytes: 0, metrics: {}, baselines: {}, leftOut: [] },
  minimalPairs: { all: share, kinds: {}, missed: [] },
  swaps: { kinds: { name: share } },
  tasks: [task],
};
const pair = { kind: 'all', first: 'He is.', second: 'He are.' };

test('an equal list has the same hash, and a different list another', async () => {
  const items: TaskItems = [{ line: 2, prompt: 'a', answer: 'b' }];
  const hashed = await withListHashes(found, { minimalPairs: [pair], tasks: [{ name: 'a.csv', items }] });
  expect(hashed.minimalPairs!.listHash).toBe(await listHash([pair]));
  expect(hashed.tasks![0]!.listHash).toBe(await listHash(items));
  expect(hashed.swaps).not.toHaveProperty('listHash');
  expect(await listHash([{ ...pair, second: 'He am.' }])).not.toBe(hashed.minimalPairs!.listHash);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(hashed)))).toEqual(hashed);
});
