import { availableParallelism } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { bundled } from '../scripts/bundle.mjs';
import { helper, type Task } from '../src/core/documents/clean/helpers';
import { stepOf } from '../src/core/documents/clean/recipe';
import { cleanersBeginWith, withCleaners } from './cleaners';

const LONG = 20_000_000;
const root = new URL('..', import.meta.url).pathname;

afterEach(() => cleanersBeginWith(undefined));

const task = (text: string): Task => ({
  steps: [stepOf('whiteSpace'), stepOf('markup'), stepOf('length', { least: 5 })],
  documents: [text, 'Aye.'].map((passage) => ({ facts: { title: '' }, isKept: false, passages: [passage] })),
});

test('as many threads as cores clean a long text by what a command begins with, and give what this one does', async () => {
  cleanersBeginWith(await bundled(root, 'cli/prepare.ts'));
  const tasks = Array.from({ length: 9 }, (_, i) => task(`The  <b>whale</b> &amp; ${i} 🐋`));
  const here = await Promise.all(tasks.map((each) => helper()(each)));
  await withCleaners(LONG, async (helpers) => {
    expect(helpers).toHaveLength(availableParallelism() > 1 ? Math.min(availableParallelism(), 8) : 0);
    if (helpers.length === 0) return;
    const there = tasks.map((each, i) => helpers[i % helpers.length]!(each));
    expect(await Promise.all(there)).toEqual(here);
    const unknown = { ...tasks[0]!, steps: [{ rule: 'nothing' as never, settings: {} }] };
    await expect(helpers[0]!(unknown)).rejects.toThrow();
    await expect(helpers[0]!(tasks[0]!)).rejects.toThrow();
  });
  expect(here[0]![0]!.passages).toEqual(['The whale & 0 🐋']);
}, 60_000);

test('none help with little, or where no command was begun', async () => {
  const helping = (bytes: number) => withCleaners(bytes, ({ length }) => Promise.resolve(length));
  expect(await helping(LONG)).toBe(0);
  cleanersBeginWith('not begun');
  expect(await helping(1000)).toBe(0);
});
