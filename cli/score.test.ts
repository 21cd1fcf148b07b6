import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './testing/run';

let folder: string;
const path = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'score-'));
  await writeFile(path('out'), 'a cat\nb\r\n\n');
  await writeFile(path('wanted'), 'a cat\nc\n\n');
  await writeFile(path('short'), 'a cat\nc');
  await writeFile(path('loops'), 'so it so it so it so it so it\na b c d e f\n');
  await writeFile(path('alike'), 'so it is\n'.repeat(12));
  await writeFile(path('latin'), Uint8Array.of(0x61, 0xe9, 0x0a));
});
afterAll(() => rm(folder, { recursive: true }));
const score = (hypotheses: string, ...more: string[]) =>
  run(['score', '--hypotheses', path(hypotheses), '--references', path('wanted'), ...more]);

test('outputs are scored line by line, with intervals and the method', async () => {
  const { code, stdout } = await score('out', '--metrics', 'exactMatch,bleu', '--tokenize', 'char', '--json');
  expect(code).toBe(0);
  const { exactMatch, bleu } = JSON.parse(stdout) as Record<
    string,
    { value: number; low: number; high: number; signature: string }
  >;
  expect(exactMatch!.value).toBeCloseTo(200 / 3);
  expect(exactMatch!.low).toBeLessThan(exactMatch!.value);
  expect(exactMatch!.high).toBeCloseTo(93.85, 2); // Wilson's, of 2 among 3
  expect(bleu!.signature).toBe('nrefs:1|case:mixed|eff:no|tok:char|smooth:exp');
  const result = await score('out');
  expect(result.stdout).toMatch(/^BLEU +0\.00  nrefs.*\nchrF +[\d.]+ \([\d.]+ to [\d.]+\)/);
  // Three worthless pairs predict nothing about others.
  expect(result.stderr).toBe('BLEU: Too little text for an interval: 3 lines, and 10 are needed.\n');
});

test('without references, score measures the diversity of outputs', async () => {
  const { code, stdout, stderr } = await run(['score', '--hypotheses', path('loops'), '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const scores = JSON.parse(stdout) as Record<string, { value: number; low: number; high: number; signature: string }>;
  expect(Object.keys(scores)).toEqual(['distinct1', 'distinct2', 'repetition', 'loops']);
  expect(scores['distinct1']!.value).toBe(50);
  expect(scores['repetition']!.value).toBeCloseTo((100 * (5 / 7)) / 2);
  expect(scores['loops']).toMatchObject({ value: 50, signature: expect.stringContaining('wilson') as string });
  const both = await score('out', '--metrics', 'distinct2,chrf');
  expect(both.stdout).toMatch(/^Distinct-2 .*\nchrF /);
});

test('identical lines are reported as identical, not as too few', async () => {
  const { code, stderr } = await run([
    'score',
    '--hypotheses',
    path('alike'),
    '--metrics',
    'distinct1,loops',
    '--json',
  ]);
  expect(code).toBe(0);
  expect(stderr).toBe('Distinct-1: The lines all have the same value, so no interval can be estimated.\n');
});

test('labels are scored by accuracy, macro F1 and a confusion matrix', async () => {
  const lines = (...counts: readonly (readonly [string, number])[]): string =>
    counts.flatMap(([label, count]) => Array.from({ length: count }, () => `${label}\n`)).join('');
  await writeFile(path('labels'), lines(['good', 12], ['bad', 8]));
  await writeFile(path('given'), lines(['good', 9], ['bad', 3], ['bad', 6], ['so so', 2]));
  const flags = ['score', '--hypotheses', path('given'), '--references', path('labels')];
  const asked = await run([...flags, '--metrics', 'macroF1,confusion,accuracy', '--json']);
  const { accuracy, macroF1, ...rest } = JSON.parse(asked.stdout) as Record<
    string,
    Record<'value' | 'low' | 'high', number> & { signature: string }
  >;
  expect(rest).toEqual({
    confusion: {
      labels: ['bad', 'good', 'so so'],
      counts: [
        [6, 0, 2],
        [3, 9, 0],
        [0, 0, 0],
      ],
    },
  });
  expect(accuracy!.value).toBe(75);
  expect(accuracy!.low).toBeCloseTo(53.13, 2); // Wilson's, of 15 among 20
  expect(macroF1!.value).toBeCloseTo((100 / 3) * (12 / 17 + 18 / 21), 8);
  expect(macroF1!.low < macroF1!.value && macroF1!.value < macroF1!.high).toBe(true);
  expect(macroF1!.signature).toContain('zero_division:0');
  // Label metrics appear by default if lines are labels.
  const result = await run(flags);
  expect(result.stdout).toMatch(/^Macro F1 .*average:macro/m);
  expect(result.stdout).toMatch(
    /in columns\.\n {11}1 {2}2 {2}3\n {2}1 bad {4}6 {2}0 {2}2\n {2}2 good {3}3 {2}9 {2}0\n/,
  );
});

test.each([
  ['short', [], /short has 2 lines, but .*wanted has 3\. Each output needs/],
  ['latin', [], /latin has no readable rows: line 1 isn't UTF-8: byte 1/],
  ['nothing', [], /nothing/],
  ['out', ['--metrics', 'bleu,beauty'], /Unknown metric 'beauty'\. Metrics: bleu.*loops, confusion/],
])('%s %j is refused in words', async (file, more, words) => {
  const { code, stdout, stderr } = await score(file, ...more);
  expect([code === 0, stdout]).toEqual([false, '']);
  expect(stderr).toMatch(words);
});

test('lines that are not UTF-8 are listed, and skipped in both files on request', async () => {
  const [outputs, wanted] = [path('some-out'), path('some-wanted')];
  await writeFile(outputs, Buffer.from('a cat\nb\xe9\na hat\nd\xe9\na dog\n', 'latin1'));
  await writeFile(wanted, Buffer.from('a cat\na bat\na h\xe9t\nd\na fog\n', 'latin1'));
  const flags = ['score', '--hypotheses', outputs, '--references', wanted, '--metrics', 'exactMatch', '--json'];
  const refused = await run(flags);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /^ {2}line 2 isn't UTF-8: byte 1\n {2}line 4 isn't UTF-8: byte 1\n.*2 malformed rows\..*--skip-bad-rows/m,
  );
  const { code, stdout, stderr } = await run([...flags, '--skip-bad-rows']);
  expect(code).toBe(0);
  expect(stderr).toContain(`${outputs}: Skipped 2 malformed rows: line 2, line 4.`);
  expect(stderr).toContain(`${wanted}: Skipped 1 malformed row: line 3.`);
  // The first line is correct: a cat, not a dog.
  expect(JSON.parse(stdout)).toMatchObject({ exactMatch: { value: 50 } });
});

test('lines that are no labels get no confusion matrix', async () => {
  await writeFile(path('many'), Array.from({ length: 201 }, (_, i) => `line ${i}\n`).join(''));
  const flags = ['--hypotheses', path('many'), '--references', path('many'), '--metrics', 'macroF1'];
  expect((await run(['score', ...flags])).stderr).toMatch(/201 different lines.*at most 200.*exactMatch/s);
});

test('a line too long for a metric is named, whether the metric was requested or not', async () => {
  await writeFile(path('long'), `a cat\n${'so '.repeat(5001)}\n\n`);
  const words = 'TER compares texts of up to 5,000 words, and the output of pair 2 has 5,001.';
  const others = await score('long');
  expect(others.code).toBe(0);
  expect(others.stderr).toContain(`${words} The line was skipped.`);
  expect(others.stdout).toMatch(/ROUGE-L/);
  expect(others.stdout).not.toMatch(/TER/);
  const asked = await score('long', '--metrics', 'ter,bleu');
  expect(asked.code).toBe(2);
  expect(asked.stderr + asked.stdout).toContain(`${words} Nothing was measured. Leave TER out`);
});
