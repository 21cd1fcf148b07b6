/** The terminal resumes the app's run on cleaned text from the original files. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { importDrop, leaveOut, openText, pastedText } from '../src/core/documents';
import { applyRecipe } from '../src/core/documents/clean/applyRecipe';
import { readRecipe, recipeJson, stepOf, type Recipe } from '../src/core/documents/clean/recipe';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { lonelyLocks } from '../src/testing/behindChannels';
import { useWasm } from '../src/testing/wasm';
import { listedIn } from '../node/folders/listed';
import { grownInTheApp, exportToFolder } from './testing/inTheApp';
import { lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const TOTAL = 8;
const FISH = 'Ein Fisch, der kein Wal ist, schwimmt vorbei. '.repeat(40);
const names = Array.from({ length: 12 }, (_, i) => `${'abcdefghijkl'[i]!}.txt`);
// The last one is too short, and a person keeps it. The one before is removed.
const said = (name: string): string =>
  name < 'k' ? `SUBSCRIBE to our letters today!\n${name}: the  Whale is large.\n`.repeat(name < 'j' ? 9 : 1) : name;
const KEPT = createHash('sha256').update(said('l.txt')).digest('hex');
const RECIPE: Recipe = {
  version: 1,
  name: 'letters',
  steps: [stepOf('lowerCase'), stepOf('repeatedLines', { documents: 9 }), stepOf('length', { least: 20 })],
  kept: [KEPT],
};

let store: BlobStore;
let letters: string;
let fish: string;
let weights: string;
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  await useWasm();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cleaned-app-')));
  await mkdir(path('letters'));
  for (const name of names) await writeFile(path('letters', name), said(name));
  await writeFile(path('fish.txt'), FISH);
  store = memoryStore();
  const source = (name: string, text: string) => ({ ...pastedText(name, text), name });
  const sources = names.map((name) => source(`letters/${name}`, said(name)));
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const { text: single } = await importDrop([source('fish.txt', FISH)], store, { addedAt: 2 }, unwatched);
  [letters, fish] = [text!.id, single!.id];
  await applyRecipe(store, letters, RECIPE, { at: 3 }, unwatched);
  await leaveOut(store, letters, [2], true);
  weights = await grownInTheApp(store, [letters, fish], path('app'), TOTAL);
}, 240_000);
afterAll(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

const hashOf = async (...names: string[]): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path(...names)))
    .digest('hex');
const info = async (model: string) => JSON.parse(await readFile(path(model, 'homegrown.json'), 'utf8')) as RunInfo;
const goOn = (model: string, ...args: string[]) =>
  run(['grow', '--json', '--resume', model, '--steps', String(TOTAL), ...args], { cwd: folder });
const copied = async (model: string): Promise<string> => {
  await cp(path('app'), path(model), { recursive: true });
  return model;
};

test('the documents are those left by a recipe, a person, and the recipe’s exceptions', async () => {
  const titles = (await openText(store, letters)).map(({ title }) => title);
  expect(titles).toEqual(['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'l'].map((name) => `letters/${name}.txt`));
  const { segments, documents } = await info('app');
  expect(segments[0].data!.texts.map(({ cleaned }) => cleaned?.by)).toEqual(['letters', undefined]);
  expect(documents).toMatchObject([{ text: segments[0].data!.texts[0]!.cleaned!.from, leftOut: [2] }]);
  expect(documents![0]!.title).toHaveLength(12);
  const datasheet = await readFile(path('app/DATASHEET.md'), 'utf8');
  expect(datasheet).toContain(`cleaned from \`${documents![0]!.text}\``);
  expect(datasheet).toMatch(/Decoded as text, cleaned by the recipe named above,/);
  expect(readRecipe('recipe.json', await readFile(path('app/recipe.json'), 'utf8'))).toEqual(RECIPE);
});

test('resumes to the same bits, next to an uncleaned text; resumes again and evaluates without being given the files', async () => {
  await copied('on');
  expect(await goOn('on', '--text', 'fish.txt', 'letters')).toMatchObject({ code: 0, stderr: '' });
  expect(await hashOf('on/model.safetensors')).toBe(weights);
  expect(await hashOf('on/recipe.json')).toBe(await hashOf('app/recipe.json'));
  expect(await info('on')).toMatchObject({ segments: [{}], documents: (await info('app')).documents });
  const measured = await run(['evaluate', '--from', 'on', '--metrics', 'loss', '--device', 'wasm', '--json'], {
    cwd: folder,
  });
  expect(measured).toMatchObject({ code: 0 });
  const { tokens } = (await info('on')).evaluations![0]!;
  expect(tokens).toBe((await info('app')).segments[0].data!.parts.validation.tokens - 1);
  expect(lines(measured.stdout)[0]).toHaveProperty('metrics.loss.value');
  const further = await run(['grow', '--json', '--resume', 'on', '--steps', '9'], { cwd: folder });
  expect(further).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

test('an export by the terminal has the recipe too', async () => {
  const args = ['export', '--from', 'app', '--format', 'hf', '--optimizer', '--out', 'again'];
  expect(await run(args, { cwd: folder })).toMatchObject({ code: 0 });
  expect(await hashOf('again/recipe.json')).toBe(await hashOf('app/recipe.json'));
  expect(await goOn('again', '--text', 'letters', 'fish.txt')).toMatchObject({ code: 0, stderr: '' });
  expect(await hashOf('again/model.safetensors')).toBe(weights);
}, 120_000);

test('a missing, different or changed file is refused by name', async () => {
  const refused = async (words: RegExp, ...texts: string[]): Promise<void> => {
    expect(await goOn('app', '--text', ...texts)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(words) as string,
    });
  };
  const before = await hashOf('app/homegrown.json');
  const without = (name: string): string[] => names.filter((own) => own !== name).map((own) => path('letters', own));
  // Also a skipped file, which affects how others are cleaned.
  for (const name of ['a.txt', 'c.txt', 'k.txt'])
    await refused(
      new RegExp(`^letters/${name} is missing: the run in app trained on it`),
      'fish.txt',
      ...without(name),
    );
  await refused(/^fish\.txt is missing/, 'letters');
  await writeFile(path('other.txt'), 'other');
  await refused(/other\.txt is not a training text of the run in app/, 'fish.txt', 'letters', 'other.txt');
  await mkdir(path('late'));
  await writeFile(path('late/b.txt'), 'changed');
  await refused(/late\/b\.txt has changed since the run in app/, 'fish.txt', ...without('b.txt'), 'late/b.txt');
  expect(await hashOf('app/homegrown.json')).toBe(before);
}, 120_000);

test('a missing or different recipe is refused; another file of that name belongs to the user', async () => {
  await copied('bare');
  expect(await listedIn(path('bare'))).toContain('recipe.json');
  await rm(path('bare/recipe.json'));
  const words = /recipe\.json there is missing or another recipe\. Restore the file/;
  expect((await goOn('bare', '--text', 'fish.txt', 'letters')).stderr).toMatch(words);
  await writeFile(path('bare/recipe.json'), '{"flour":2}');
  expect(await listedIn(path('bare'))).not.toContain('recipe.json');
  await writeFile(path('bare/recipe.json'), recipeJson({ ...RECIPE, kept: [] }));
  expect((await goOn('bare', '--text', 'fish.txt', 'letters')).stderr).toMatch(words);
});

test('a run on texts cleaned by two recipes resumes in the app only', async () => {
  const recipe = { ...RECIPE, name: 'fish', steps: [stepOf('lowerCase')], kept: [] };
  await applyRecipe(store, fish, recipe, { at: 4 }, unwatched);
  await grownInTheApp(store, [letters, fish], path('both'), 5, 'of-both');
  await expect(readFile(path('both/recipe.json'))).rejects.toThrow(/ENOENT/);
  const { stderr } = await goOn('both', '--text', 'fish.txt', 'letters');
  expect(stderr).toMatch(/used 2 cleaning recipes, but a folder has only one\. Continue the run in its app/);
}, 120_000);

test('resumes from files after the app has cleaned its text differently, as long as it keeps the recipe', async () => {
  await applyRecipe(store, letters, { ...RECIPE, steps: [stepOf('whiteSpace')] }, { at: 5 }, unwatched);
  await exportToFolder(store, path('late-home'));
  expect(await hashOf('late-home/recipe.json')).toBe(await hashOf('app/recipe.json'));
  const onTo9 = ['grow', '--json', '--resume', 'late-home', '--steps', '9', '--text', 'letters', 'fish.txt'];
  expect(await run(onTo9, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
  // The earlier cleaned text is removed.
  await applyRecipe(store, letters, { ...RECIPE, steps: [] }, { at: 6 }, unwatched);
  await exportToFolder(store, path('later'));
  await expect(readFile(path('later/recipe.json'))).rejects.toThrow(/ENOENT/);
}, 120_000);
