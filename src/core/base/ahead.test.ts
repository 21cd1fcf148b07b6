import { expect, test } from 'vitest';
import { ahead, behind, MAX_READ_AHEAD } from './ahead';

test('yields results in order, runs some calls ahead, and throws an error in its turn', async () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  let [open, max] = [0, 0];
  const begun: number[] = [];
  const begin = async (i: number): Promise<number> => {
    begun.push(i);
    max = Math.max(max, ++open);
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
  expect(max).toBeGreaterThan(1);
  expect(max).toBeLessThanOrEqual(MAX_READ_AHEAD);
  expect(begun.length).toBeLessThanOrEqual(60 + MAX_READ_AHEAD);
});

test('writes in order, one item at a time, while the producer continues; the next call throws an error', async () => {
  let open = 0;
  const written: number[] = [];
  const write = async (i: number): Promise<void> => {
    expect(++open).toBe(1);
    for (let turn = i % 5; turn >= 0; turn--) await Promise.resolve();
    open--;
    if (i === 7) throw new Error('seven');
    written.push(i);
  };
  const six = behind(write);
  for (let i = 0; i < 7; i++) await six.one(i);
  expect(written.length).toBeLessThan(7);
  await six.end();
  expect(written).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const seven = behind(write);
  await seven.one(7);
  await expect(seven.one(8)).rejects.toThrow('seven');
  await expect(seven.end()).rejects.toThrow('seven');
  expect(written).not.toContain(8);
});
