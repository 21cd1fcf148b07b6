/** A tuned model averaged with its base: measured, exported and reported. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, run } from './testing/run';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mix-'));
  await writeFile(at('old.txt'), 'the whale swam away from the ship and the mate saw it go. '.repeat(40));
  await writeFile(at('new.txt'), 'A LETTER CAME TODAY, AND ANOTHER ONE WILL COME TOMORROW. '.repeat(40));
  const small = [
    '--layers',
    '1',
    '--heads',
    '2',
    '--width',
    '16',
    '--context',
    '16',
    '--batch',
    '4',
    '--device',
    'wasm',
  ];
  const grown = await run(['grow', '--text', at('old.txt'), ...small, '--steps', '60', '--learning-rate', '0.01', '--tokenizer', 'bytes', '--out', at('base')]); // prettier-ignore
  expect(grown.code).toBe(0);
  const tuned = await run(['tune', '--kind', 'adapt', '--from', at('base'), '--text', at('new.txt'), '--steps', '60', '--learning-rate', '0.01', '--batch', '4', '--device', 'wasm', '--out', at('tuned')]); // prettier-ignore
  expect(tuned.code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const perplexity = async (...args: string[]): Promise<number> => {
  const result = await run(['evaluate', '--from', at('tuned'), '--device', 'wasm', '--metrics', 'perplexity', '--json', ...args]); // prettier-ignore
  expect(result.code).toBe(0);
  expect(result.stderr).not.toMatch(/Kept in/);
  return (lines(result.stdout)[0] as { metrics: { perplexity: { value: number } } }).metrics.perplexity.value;
};

test('every share is measured on the tuning set and on old text; the endpoints are the two models', async () => {
  const old = ['--text', at('old.txt')];
  const mixes = ['0', '0.5', '1'].map((share) => ['--mix', `${at('base')}:${share}`]);
  const [tuned, middle, base] = [await perplexity(...mixes[0]!, ...old), await perplexity(...mixes[1]!, ...old), await perplexity(...mixes[2]!, ...old)]; // prettier-ignore
  expect(tuned).toBe(await perplexity(...old));
  const result = await run(['evaluate', '--from', at('base'), '--device', 'wasm', '--metrics', 'perplexity', '--json', ...old]); // prettier-ignore
  expect(base).toBe(
    (lines(result.stdout)[0] as { metrics: { perplexity: { value: number } } }).metrics.perplexity.value,
  );
  expect(middle).toBeLessThan(tuned);
  expect(await perplexity(...mixes[2]!)).toBeGreaterThan(await perplexity(...mixes[1]!));
}, 120_000);

test("the export records the average, without the other model's metrics, and measures the same", async () => {
  const before = await readFile(at('tuned/homegrown.json'), 'utf8');
  const mix = ['--mix', `${at('base')}:0.25`];
  const result = await run(['export', '--from', at('tuned'), ...mix, '--format', 'hf', '--out', at('mixed')]);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(await readFile(at('mixed/README.md'), 'utf8')).toMatch(/an average: 25 % base, 75 % tuned/);
  const info = JSON.parse(await readFile(at('mixed/homegrown.json'), 'utf8')) as Record<string, unknown>;
  expect(info).toMatchObject({ mixed: { name: 'base', share: 0.25, step: 60 }, result: null, state: { best: null } });
  const value = async (from: string, ...more: string[]) => {
    const out = await run(['evaluate', '--from', from, ...more, '--text', at('new.txt'), '--device', 'wasm', '--json']);
    return (lines(out.stdout)[0] as { metrics: object }).metrics;
  };
  expect(await value(at('mixed'))).toEqual(await value(at('tuned'), ...mix));
  expect(await readFile(at('tuned/homegrown.json'), 'utf8')).toBe(before);
}, 120_000);

test('another shape and an invalid share are refused, and nothing is written', async () => {
  const grown = await run(['grow', '--text', at('old.txt'), '--layers', '2', '--heads', '2', '--width', '16', '--context', '16', '--batch', '4', '--steps', '1', '--tokenizer', 'bytes', '--device', 'wasm', '--out', at('deep')]); // prettier-ignore
  expect(grown.code).toBe(0);
  for (const [mix, words] of [
    [`${at('deep')}:0.5`, /they differ in layers/],
    [`${at('base')}:1.5`, /must be a folder and a share from 0 to 1/],
    [at('base'), /must be a folder and a share/],
  ] as const) {
    const result = await run([
      'export',
      '--from',
      at('tuned'),
      '--mix',
      mix,
      '--format',
      'gguf-f32',
      '--out',
      at('x.gguf'),
    ]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(words);
  }
  await expect(readFile(at('x.gguf'))).rejects.toThrow();
}, 120_000);
