/** Adapters are exported to PEFT's folders and llama.cpp's files, and imported from them. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel } from '../node/folders/readModel';
import { lines, run, TINY, STEP_ALONE } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const QUICK = ['--eval-every', '4', '--batch', '4', '--device', 'wasm', '--json', '--learning-rate', '0.01'];
const tune = (...args: string[]) =>
  call('tune', '--kind', 'adapt', '--from', 'base', '--text', 'fish.txt', ...QUICK, ...args);
const weightsOf = async (model: string) => (await readModel(path(model))).snapshot.tensors;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-'));
  await writeFile(path('whale.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(60));
  await writeFile(path('fish.txt'), 'Kein Fisch ist ein Wal, das ist klar. '.repeat(60));
  const base = ['--text', 'whale.txt', ...TINY, '--steps', '8', '--json', '--out', 'base'];
  expect(await call('grow', ...base)).toMatchObject({ code: 0 });
  const tuned = await tune('--adapter', 'lora:2', '--steps', '8', '--out', 'tuned');
  expect(tuned).toMatchObject({ code: 0, stderr: '' });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('the folder has the adapter in adapter/, which with a base gives the model', async () => {
  expect((await readdir(path('tuned', 'adapter'))).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);
  const sample = ['--prompt', 'Kein', '--tokens', '30', '--seed', '3', '--device', 'wasm'];
  const [one, other, base] = await Promise.all([
    call('sample', '--from', 'tuned', ...sample),
    call('sample', '--from', 'base', '--adapter', join('tuned', 'adapter'), ...sample),
    call('sample', '--from', 'base', ...sample),
  ]);
  expect(one).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(other).toEqual({ ...one, stderr: '' });
  expect(base.stdout).not.toBe(one.stdout);
  const text = ['--text', 'fish.txt', '--metrics', 'perplexity', '--device', 'wasm', '--json'];
  const [whole, both] = await Promise.all([
    call('evaluate', '--from', 'tuned', ...text),
    call('evaluate', '--from', 'base', '--adapter', 'tuned', ...text),
  ]);
  expect(whole).toMatchObject({ code: 0 });
  const { step: _, ...measured } = lines(whole.stdout)[0]!;
  expect(lines(both.stdout)[0]).toEqual(measured);
}, 240_000);

test('exports it separately: from its run, from a folder without optimizer state, and from a base with it', async () => {
  const written = async (out: string, ...args: string[]) => {
    expect(await call('export', ...args, '--json', '--out', out)).toMatchObject({ code: 0, stderr: '' });
    return readFile(path(out, 'adapter_model.safetensors'));
  };
  const first = await written('alone', '--from', 'tuned', '--format', 'peft');
  expect(first).toEqual(await readFile(path('tuned', 'adapter', 'adapter_model.safetensors')));
  expect(await call('export', '--from', 'tuned', '--format', 'hf', '--out', 'light')).toMatchObject({ code: 0 });
  expect(await written('again', '--from', 'light', '--format', 'peft')).toEqual(first);
  expect(await written('both', '--from', 'base', '--adapter', 'alone', '--format', 'peft')).toEqual(first);
  const lora = await call('export', '--from', 'tuned', '--format', 'gguf-lora', '--out', 'tuned-lora.gguf');
  expect(lora).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect((await readFile(path('tuned-lora.gguf'))).subarray(0, 4).toString()).toBe('GGUF');
  const merged = await call('export', '--from', 'base', '--adapter', 'alone', '--format', 'hf', '--out', 'merged');
  expect(merged).toMatchObject({ code: 0, stderr: '' });
  const [one, other] = [await weightsOf('merged'), await weightsOf('tuned')];
  for (const [name, { data }] of one) expect(data, name).toEqual(other.get(name)!.data);
}, 240_000);

test('a run that starts from an adapter continues its training, and resumes', async () => {
  const old = ['--old', 'fish.txt'];
  const ended = await tune('--adapter', join('tuned', 'adapter'), '--steps', '6', ...old, '--out', 'further');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const evaluated = lines(ended.stdout).filter((line) => 'oldPerplexity' in line);
  const measured = ['--metrics', 'perplexity', '--device', 'wasm', '--json', '--text', 'fish.txt'];
  const result = await call('evaluate', '--from', 'tuned', ...measured);
  const { metrics } = lines(result.stdout)[0] as { metrics: { perplexity: { value: number } } };
  expect(evaluated[0]!['oldPerplexity']).toBeCloseTo(metrics.perplexity.value, 3);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ forgetting: { before: metrics.perplexity.value } });

  const half = ['--adapter', join('tuned', 'adapter'), '--steps', '3', '--schedule', 'constant', '--out', 'half'];
  expect(await tune(...half)).toMatchObject({ code: 0 });
  expect(await tune(...half.with(3, '6').with(7, 'whole'))).toMatchObject({ code: 0 });
  expect(await call('grow', '--resume', 'half', '--steps', '6')).toMatchObject({ code: 0 });
  const [one, other] = [await weightsOf('whole'), await weightsOf('half')];
  for (const [name, { data }] of one) expect(other.get(name)!.data, name).toEqual(data);
}, 240_000);

test('a file that is no adapter of the model is refused, and nothing is written', async () => {
  const wider = TINY.map((word, i) => (TINY[i - 1] === '--width' ? String(2 * Number(word)) : word));
  const grown = await call('grow', '--text', 'fish.txt', ...wider, '--steps', '2', '--out', 'other');
  expect(grown).toMatchObject({ code: 0 });
  await mkdir(path('pickled'));
  await copyFile(path('tuned', 'adapter', 'adapter_config.json'), path('pickled', 'adapter_config.json'));
  await writeFile(path('pickled', 'adapter_model.bin'), 'x');
  const cases: readonly (readonly [string[], RegExp])[] = [
    [
      ['tune', '--kind', 'adapt', '--text', 'fish.txt', '--from', 'other', '--adapter', 'tuned'],
      /does not fit its base/,
    ],
    [['sample', '--from', 'base', '--adapter', 'pickled'], /adapter_model.safetensors is missing.*safetensors/s],
    [['sample', '--from', 'base', '--adapter', 'other'], /other has no adapter_config.json/],
    [['sample', '--from', 'tuned', '--adapter', 'tuned'], /trained on a base with hash/],
    [['sample', '--from', join('tuned', 'adapter')], /belongs to an adapter, which needs its base model/],
    [['evaluate', '--from', 'base', '--adapter', 'tuned'], /Add --text or --pairs/],
    [['export', '--from', 'base', '--format', 'peft'], /has no adapter/],
  ];
  for (const [args, words] of cases) {
    const out = ['tune', 'export'].includes(args[0]!) ? ['--out', 'none'] : [];
    const ended = await call(...args, ...out);
    expect(ended.code, args.join(' ')).not.toBe(0);
    expect(ended.stderr, args.join(' ')).toMatch(words);
  }
  await expect(readdir(path('none'))).rejects.toThrow();
}, 240_000);
