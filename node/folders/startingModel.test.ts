/** A run that starts from a model, ours or external. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModel } from './readModel';
import { lines, run, TINY } from '../../cli/testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const LLAMA = ['--model', 'llama', ...TINY, '--steps', '4'];
const SHORT = ['--steps', '4', '--eval-every', '4', '--batch', '4', '--device', 'wasm', '--json'];
const from = (model: string, ...args: string[]) =>
  call('grow', '--from', model, '--text', 'fish.txt', ...SHORT, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'from-'));
  await writeFile(path('whale.txt'), 'Ein Wal, das ist kein Fisch. '.repeat(60));
  await writeFile(path('fish.txt'), 'Kein Fisch ist ein Wal, das ist klar. '.repeat(60));
  expect(await call('grow', '--text', 'whale.txt', ...LLAMA, '--json', '--out', 'own')).toMatchObject({ code: 0 });
  expect(await call('export', '--from', 'own', '--format', 'gguf-f32', '--out', 'model.gguf')).toMatchObject({
    code: 0,
  });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('our model is the parent: the run starts with its weights and tokenizer, at step 0', async () => {
  const ended = await from('own', '--learning-rate', '1e-9', '--out', 'tuned');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [own, tuned] = [await readModel(path('own')), await readModel(path('tuned'))];
  const { id, name, state } = own.info!;
  expect(tuned.info).toMatchObject({
    parent: { id, name, step: state.step, how: 'fine-tune' },
    model: own.model,
    state: { step: 4 },
    name: 'fish.txt',
  });
  expect(tuned.info!.id).not.toBe(id);
  expect(tuned.info!.segments).toHaveLength(1);
  expect(tuned.tokenizer.model).toEqual(own.tokenizer.model);
  for (const [tensor, { data }] of own.snapshot.tensors) {
    if (tensor.includes('adam.')) continue;
    const now = tuned.snapshot.tensors.get(tensor)!.data;
    expect(Math.max(...data.map((value, i) => Math.abs(value - now[i]!))), tensor).toBeLessThan(1e-7);
  }
}, 120_000);

test('an external model’s file is recorded; with a shorter context it trains and samples', async () => {
  const ended = await from('model.gguf', '--context', '8', '--out', 'on');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const before = await readModel(path('model.gguf'));
  const { info, model, tokenizer, snapshot } = await readModel(path('on'));
  expect(info).toMatchObject({ origin: { name: 'model.gguf' }, state: { step: 4 } });
  expect(info!.parent).toBeUndefined();
  expect(model.config).toEqual({ ...before.model.config, context: 8 });
  expect(tokenizer.model).toEqual(before.tokenizer.model);
  const [first] = before.snapshot.tensors.keys();
  expect(snapshot.tensors.get(first!)!.data).not.toEqual(before.snapshot.tensors.get(first!)!.data);
  expect(await readFile(path('on/README.md'), 'utf8')).toContain('It was then trained here for 4 steps.');

  const more = await call('grow', '--resume', 'on', '--steps', '6', '--json');
  expect(more).toMatchObject({ code: 0, stderr: '' });
  expect(lines(more.stdout).at(-1)).toMatchObject({ step: 6 });
  const written = await call('sample', '--from', 'model.gguf', '--context', '8', '--tokens', '20', '--device', 'wasm');
  expect(written).toMatchObject({ code: 0, stderr: '' });
  const seen = await call('sample', '--from', 'model.gguf', '--context', '8', '--preview');
  expect(seen.stdout).toMatch(/^Context +8 tokens of its 16$/m);
}, 120_000);

test('an imported model trains with the objective of its architecture', async () => {
  const bert = ['--model', 'bert', ...TINY, '--steps', '1', '--json', '--out', 'bert'];
  expect(await call('grow', '--text', 'whale.txt', ...bert)).toMatchObject({ code: 0, stderr: '' });
  expect(await from('bert', '--out', 'filled')).toMatchObject({ code: 0, stderr: '' });
  const { info } = await readModel(path('filled'));
  expect(info).toMatchObject({ model: { id: 'bert' }, parent: { how: 'fine-tune', step: 1 } });
  expect(info!.segments.map(({ recipe }) => recipe.objective)).toEqual(['masked']);
}, 120_000);

test('a flag that the model already sets is refused by name, and nothing is written', async () => {
  const before = await readdir(folder);
  const cases: [string[], RegExp][] = [
    [['--layers', '3'], /--layers can't change: the model of --from sets it/],
    [['--tokenizer', 'bytes'], /--tokenizer can't change/],
    [['--resume', 'own'], /--from starts a new run from a model; --resume continues a run/],
    [['--context', '32'], /The model's context is at most 16 tokens, not 32/],
  ];
  for (const [args, words] of cases) {
    const ended = await from('own', '--out', 'none', ...args);
    expect(ended.code, args.join(' ')).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(words);
  }
  expect(await call('grow', '--text', 'whale.txt', ...TINY, '--steps', '4', '--json', '--out', 'gpt')).toMatchObject({
    code: 0,
  });
  const fixed = await from('gpt', '--context', '8', '--out', 'none');
  expect(fixed.stdout + fixed.stderr).toMatch(/has position weights for 16 tokens/);
  expect(await readdir(folder)).toEqual([...before, 'gpt'].sort());
}, 120_000);
