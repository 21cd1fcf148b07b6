import { expect, test } from 'vitest';
import { ahead, MOST_AHEAD } from './ahead';

test('in order, some at once, each once, and a failure in its turn', async () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  let [open, most] = [0, 0];
  const begun: number[] = [];
  const begin = async (i: number): Promise<number> => {
    begun.push(i);
    most = Math.max(most, ++open);
    for (let turn = i % 7; turn > 0; turn--) await Promise.resolve();
    open--;
    if (i === 60) throw new Error('sixty');
    return i;
  };
  const made: number[] = [];
  await expect(
    (async () => {
      for await (const each of ahead(items, begin)) made.push(each);
    })(),
  ).rejects.toThrow('sixty');
  expect(made).toEqual(items.slice(0, 60));
  expect(begun).toEqual(items.slice(0, begun.length));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(MOST_AHEAD);
  expect(begun.length).toBeLessThanOrEqual(60 + MOST_AHEAD);
});
