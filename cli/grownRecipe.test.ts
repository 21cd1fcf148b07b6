/** A run on cleaned text: the same cleaning when it resumes, and the same normalization of every prompt. */
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { lines, run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const runHere = (...args: string[]) => run(args, { cwd: folder });
const info = async (model: string) => JSON.parse(await readFile(path(model, 'homegrown.json'), 'utf8')) as RunInfo;
const RECIPE = {
  version: 1,
  name: 'lower',
  steps: [
    { rule: 'unicode', settings: { form: 'NFKC' } },
    { rule: 'controls' },
    { rule: 'lowerCase' },
    { rule: 'whiteSpace' },
  ],
};
const grow = (...args: string[]) =>
  runHere('grow', ...TINY, '--warmup', '1', '--schedule', 'constant', '--recipe', 'lower.json', '--json', ...args);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'grown-recipe-')));
  await writeFile(path('a.txt'), 'Call  ME\u200b ＩＳＨＭＡＥＬ. '.repeat(60));
  await writeFile(path('plain.txt'), 'call me ishmael. '.repeat(60));
  await writeFile(path('lower.json'), JSON.stringify(RECIPE));
  expect(await grow('--text', 'a.txt', '--steps', '8', '--out', 'straight')).toMatchObject({ code: 0, stderr: '' });
  expect(await grow('--text', 'a.txt', '--steps', '4', '--out', 'begun')).toMatchObject({ code: 0, stderr: '' });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

test('a run trains on the cleaned text, saves the recipe, and lowercases prompts', async () => {
  const { segments, normalizers } = await info('straight');
  expect(segments[0].data!.texts[0]).toMatchObject({
    name: 'a.txt',
    characters: 'call me ishmael. '.length * 60,
    cleaned: { by: 'lower' },
  });
  expect(normalizers!.map(({ type }) => type)).toEqual(['NFKC', 'Replace', 'Lowercase']);
  expect(JSON.parse(await readFile(path('straight/recipe.json'), 'utf8'))).toMatchObject({ name: 'lower' });
  const say = (prompt: string) =>
    runHere(
      'sample',
      '--from',
      'straight',
      '--prompt',
      prompt,
      '--tokens',
      '9',
      '--temperature',
      '0',
      '--device',
      'wasm',
      '--json',
    );
  const [loud, plain] = await Promise.all([say('CALL Me'), say('call me')]);
  expect([loud.code, plain.code]).toEqual([0, 0]);
  expect(lines(loud.stdout).at(-1)!['text']).toBe(lines(plain.stdout).at(-1)!['text']);
});

test('bits per byte refer to the text as normalized by the tokenizer', async () => {
  const measured = async (text: string) => {
    const { stdout } = await runHere(
      'evaluate',
      '--from',
      'straight',
      '--text',
      text,
      '--metrics',
      'bitsPerByte',
      '--device',
      'wasm',
      '--json',
    );
    return (lines(stdout).at(-1) as { metrics: { bitsPerByte: { value: number } } }).metrics.bitsPerByte.value;
  };
  await writeFile(path('loud.txt'), 'CALL ME ＩＳＨＭＡＥＬ. '.repeat(60));
  expect(await measured('loud.txt')).toBeCloseTo(await measured('plain.txt'), 9);
}, 60_000);

test('it resumes as if uninterrupted, and its validation set is cleaned for an evaluation', async () => {
  expect(await runHere('grow', '--resume', 'begun', '--steps', '8', '--json')).toMatchObject({ code: 0, stderr: '' });
  for (const file of ['model.safetensors', 'tokenizer.json', 'recipe.json'])
    expect((await readFile(path('begun', file))).equals(await readFile(path('straight', file))), file).toBe(true);
  const { code, stdout } = await runHere(
    'evaluate',
    '--from',
    'begun',
    '--metrics',
    'loss',
    '--device',
    'wasm',
    '--json',
  );
  expect(code).toBe(0);
  expect(lines(stdout).at(-1)).toHaveProperty('metrics.loss.value');
}, 120_000);

test('refuses a changed text, and a different or missing recipe', async () => {
  const goOn = () => runHere('grow', '--resume', 'straight', '--steps', '12');
  const was = await readFile(path('a.txt'));
  await writeFile(path('a.txt'), 'Call me Ahab. '.repeat(60));
  expect((await goOn()).stderr).toMatch(
    /The content of a\.txt is not the training text of the run in straight\. Nothing was/,
  );
  await writeFile(path('a.txt'), was);
  await rename(path('straight/recipe.json'), path('kept.json'));
  expect((await goOn()).stderr).toMatch(/recipe\.json there is missing or another recipe\. Restore the file/);
  await writeFile(path('straight/recipe.json'), JSON.stringify({ ...RECIPE, steps: RECIPE.steps.slice(1) }));
  expect((await goOn()).stderr).toMatch(/recipe\.json there is missing or another recipe/);
  expect((await runHere('grow', '--resume', 'straight', '--recipe', 'none')).stderr).toMatch(/--recipe can't change/);
}, 60_000);

test('documents prepared with it bring their normal form along', async () => {
  expect(await runHere('prepare', '--from', 'a.txt', '--recipe', 'lower.json', '--out', 'documents')).toMatchObject({
    code: 0,
  });
  const grown = await runHere('grow', ...TINY, '--steps', '2', '--warmup', '1', '--data', 'documents', '--out', 'data');
  expect(grown).toMatchObject({ code: 0 });
  expect((await info('data')).normalizers).toEqual((await info('straight')).normalizers);
}, 60_000);

test('several files are cleaned as one text, as in prepare, and resume in any order', async () => {
  const letters = Array.from({ length: 12 }, (_, i) => `${'abcdefghijkl'[i]!}.txt`);
  await mkdir(path('letters'));
  for (const name of letters)
    await writeFile(path('letters', name), `Subscribe to our letters today!\n${name}: the whale is large.\n`.repeat(9));
  const steps = [{ rule: 'repeatedLines', settings: { documents: 10, times: 100 } }];
  await writeFile(path('shared.json'), JSON.stringify({ version: 1, name: 'shared', steps }));
  const files = letters.map((name) => `letters/${name}`);
  const of = (out: string, steps: string): string[] => {
    const settings = [...TINY, '--warmup', '1', '--schedule', 'constant', '--steps', steps, '--json'];
    return ['grow', ...settings, '--recipe', 'shared.json', '--out', out, '--text', ...files];
  };
  expect(await runHere(...of('whole', '6'))).toMatchObject({ code: 0, stderr: '' });
  expect(await runHere(...of('half', '3'))).toMatchObject({ code: 0, stderr: '' });
  const { segments, documents } = await info('whole');
  const prepared = await runHere('prepare', '--from', 'letters', '--recipe', 'shared.json', '--out', 'apart', '--json');
  const { characters } = lines(prepared.stdout).at(-1) as { characters: number };
  expect(segments[0].data!.texts).toMatchObject([{ name: '12 files', characters }]);
  expect(documents).toMatchObject([{ title: letters }]);
  await rm(path('half/local.json'));
  const resumed = ['grow', '--json', '--resume', 'half', '--steps', '6', '--text'];
  const [first, ...others] = [...files].reverse();
  expect((await runHere(...resumed, ...others)).stderr).toMatch(/^l\.txt is missing/);
  expect(await runHere(...resumed, first!, ...others)).toMatchObject({ code: 0, stderr: '' });
  for (const file of ['model.safetensors', 'recipe.json'])
    expect((await readFile(path('half', file))).equals(await readFile(path('whole', file))), file).toBe(true);
  for (const model of ['half', 'whole'])
    expect(await runHere('evaluate', '--from', model, '--metrics', 'loss', '--device', 'wasm')).toMatchObject({
      code: 0,
    });
}, 120_000);
