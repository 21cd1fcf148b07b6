import { expect, it } from 'vitest';
import known from '../src/workers/sampleProfiles.json';
import { sampleProfiles } from './sampleProfiles';
import { buildSamples } from './samples';

it('are whole, in order, each once, and with their licence', () => {
  const [moby, union, toy] = buildSamples();
  expect(toy!.text).toMatch(/^task,input,target\r\n(?:copy,copy ([a-z]{6}),\1\r\n)/);
  const rows = toy!.text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(','));
  expect(new Set(rows.map(([, input]) => input)).size).toBe(rows.length);
  for (const [task, input, target] of rows) {
    const letters = Array.from(input!.split(' ')[1]!);
    const solved = task === 'copy' ? letters : task === 'reverse' ? letters.toReversed() : letters.toSorted();
    if (target !== solved.join('')) throw new Error(`${input} is not ${target}`);
  }
  const chapters = moby!.text.match(/^CHAPTER (\d+)\./gm)!;
  expect(chapters).toEqual(Array.from({ length: 135 }, (_, i) => `CHAPTER ${i + 1}.`));
  expect(moby!.text.match(/Call me Ishmael\./g)).toHaveLength(1);
  expect(moby!.text.trimEnd()).toMatch(/only found another orphan\.$/);
  const years = union!.text.match(/^[A-Z][\w. ]+, \d{4}$/gm)!.map((line) => Number(line.slice(-4)));
  expect(years).toHaveLength(233);
  expect(years).toEqual(years.toSorted((a, b) => a - b));
  expect(union!.text.indexOf('Harry S Truman, 1953')).toBeLessThan(union!.text.indexOf('Dwight D Eisenhower, 1953'));
  for (const { sample, text } of [moby!, union!]) {
    expect(sample.licence).toMatch(/CC0/);
    expect(sample.characters).toBe(Array.from(text).length);
    expect(text.isWellFormed() && !text.includes('\ufffd') && !text.includes('\r')).toBe(true);
  }
});

it('are known to plans as reading them tells', { timeout: 180_000 }, async () => {
  expect(known).toEqual(await sampleProfiles());
});
