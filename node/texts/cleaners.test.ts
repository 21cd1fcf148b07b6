import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { type Cleaner, cleaner, type CleaningTask } from '../../src/core/documents/clean/workerPool';
import { stepOf } from '../../src/core/documents/clean/recipe';
import type { RuleId } from '../../src/core/documents/clean/rules';
import { beginCleaners } from './cleaners';

const LONG = 20_000_000;

const task = (text: string, ...rules: readonly RuleId[]): CleaningTask => ({
  steps: rules.map((rule) => stepOf(rule)),
  documents: [text, 'Aye.'].map((passage) => ({ facts: { title: '' }, isKept: false, passages: [passage] })),
});

test('one thread per core cleans a long text as this thread does, and all threads end', async () => {
  const { cleaners, end } = await beginCleaners(LONG);
  try {
    expect(cleaners).toHaveLength(availableParallelism() > 1 ? Math.min(availableParallelism(), 8) : 0);
    const [first] = cleaners as readonly (Cleaner | undefined)[];
    if (!first) return;
    // A later task may be ready sooner: the language's table is loaded first.
    const tasks = [
      task('The  whale came up beside the boat', 'whiteSpace', 'language'),
      ...Array.from({ length: 8 }, (_, i) => task(`The  <b>whale</b> &amp; ${i} 🐋`, 'whiteSpace', 'markup', 'length')),
      task('A  whale', 'whiteSpace'),
    ];
    const here = await Promise.all(tasks.map((each) => cleaner()(each)));
    expect(await Promise.all(tasks.map(first))).toEqual(here);
    expect(await Promise.all(tasks.map((each, i) => cleaners[i % cleaners.length]!(each)))).toEqual(here);
    expect(here.at(-1)![0]!.passages).toEqual(['A whale']);
    await expect(first({ ...task('a'), steps: [{ rule: 'nothing' as never, settings: {} }] })).rejects.toThrow();
    await expect(first(tasks[0]!)).rejects.toThrow();
  } finally {
    await end();
  }
  await expect(cleaners.at(-1)?.(task('a', 'whiteSpace')) ?? Promise.reject(new Error('none'))).rejects.toThrow();
}, 60_000);

test('a short text starts no thread', async () => {
  expect((await beginCleaners(1000)).cleaners).toEqual([]);
});
