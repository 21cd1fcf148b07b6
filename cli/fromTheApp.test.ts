/** The terminal resumes a run of the app from files; its text is a folder of documents. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { importDrop, leaveOut, pastedText } from '../src/core/documents';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { lonelyLocks } from '../src/testing/behindChannels';
import { useWasm } from '../src/testing/wasm';
import type { Local } from '../node/folders/local';
import { prepareRunData } from '../node/texts/runData';
import { readModel } from '../node/folders/readModel';
import { openSavedRun } from '../node/folders/savedRun';
import { grownInTheApp } from './testing/inTheApp';
import { run } from './testing/run';
import { openSources } from '../node/texts/texts';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const FISH = 'Ein Fisch, der kein Wal ist, schwimmt vorbei. '.repeat(40);
const letters = ['a.txt', 'b.txt', 'c.txt', 'deep/d.txt', 'e.txt', 'f.txt', 'g.txt', 'h.txt', 'i.txt', 'j.txt'];
const said = (name: string): string => `${name}: the whale is large, and the sea is wide. `.repeat(9);
const TOTAL = 8;
/** The files stay in place; the app's folder of the run at step 4, and its weights at the last step. */
let weights: string;
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  await useWasm();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'from-the-app-')));
  await mkdir(path('texts'));
  await writeFile(path('texts/fish.txt'), FISH);
  for (const name of letters) {
    await mkdir(dirname(path('letters', name)), { recursive: true });
    await writeFile(path('letters', name), said(name));
  }
  await writeFile(path('letters/.DS_Store'), 'of the system');
  const store = memoryStore();
  const source = (name: string, text: string) => ({ ...pastedText(name, text), name });
  // As the app imports a folder: in path order. One file is skipped.
  const dropped = [...letters].sort().map((name) => source(`letters/${name}`, said(name)));
  const { text } = await importDrop(dropped, store, { addedAt: 1 }, unwatched);
  await leaveOut(store, text!.id, [2], true);
  const { text: single } = await importDrop([source('fish.txt', FISH)], store, { addedAt: 2 }, unwatched);
  weights = await grownInTheApp(store, [text!.id, single!.id], path('app'), TOTAL);
}, 240_000);
afterAll(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

const given = () => letters.filter((name) => name !== 'c.txt').map((name) => path('letters', name));
const goOn = (...args: string[]) => run(['grow', '--json', '--resume', ...args], { cwd: folder });
const onIn = (model: string, ...texts: string[]) => goOn(model, '--steps', String(TOTAL), '--text', ...texts);
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hashOf = async (...names: string[]): Promise<string> => hash(await readFile(path(...names)));
const weightsOf = (model: string): Promise<string> => hashOf(model, 'model.safetensors');
const all = async (model: string) =>
  Promise.all((await readdir(path(model))).sort().map(async (name) => [name, await hashOf(model, name)]));
const json = async (...names: string[]): Promise<unknown> => JSON.parse(await readFile(path(...names), 'utf8'));

test('resumes from its files, in any order, to the same bits; and again without being given them', async () => {
  await cp(path('app'), path('app-on'), { recursive: true });
  const ended = await onIn('app-on', path('texts/fish.txt'), ...given().reverse());
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(await weightsOf('app-on')).toBe(weights);
  const { info } = await readModel(path('app-on'));
  expect(info!.segments).toHaveLength(1);
  expect(info!.documents).toEqual((await readModel(path('app'))).info!.documents);
  const { texts } = (await json('app-on', 'local.json')) as Local;
  expect(texts.map((text) => text.path).sort()).toEqual([path('texts/fish.txt'), ...given()].sort());
  expect(await goOn('app-on', '--steps', '9')).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

test('resumes from a folder, even if homegrown.json doesn’t list the documents', async () => {
  await cp(path('letters'), path('mail'), { recursive: true });
  await rm(path('mail/c.txt'));
  for (const name of ['app-folder', 'app-untold']) await cp(path('app'), path(name), { recursive: true });
  await symlink(path('letters'), path('mail/all'));
  expect(await onIn('app-folder', path('mail'), path('texts/fish.txt'))).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^Left out: all\. The link leads outside the folder, to \S+letters\. To read it, name that path too.*\n$/,
    ) as string,
  });
  await rm(path('mail/all'));
  expect(await weightsOf('app-folder')).toBe(weights);
  const info = (await json('app-untold', 'homegrown.json')) as RunInfo;
  const { documents, ...others } = info;
  expect(documents).toHaveLength(1);
  await writeFile(path('app-untold/homegrown.json'), JSON.stringify(others));
  expect(await onIn('app-untold', path('texts/fish.txt'), path('mail'))).toMatchObject({ code: 0, stderr: '' });
  expect(await weightsOf('app-untold')).toBe(weights);
  expect((await readModel(path('app-untold'))).info!.documents).toMatchObject([{ sha256: documents![0]!.sha256 }]);
}, 120_000);

test('a missing, different or changed file is refused by name, and nothing is written', async () => {
  await cp(path('letters/a.txt'), path('another.txt'));
  await writeFile(path('another.txt'), 'another');
  await mkdir(path('late'), { recursive: true });
  await writeFile(path('late/b.txt'), 'changed');
  const fish = path('texts/fish.txt');
  const before = await all('app');
  const [first, ...rest] = given();
  const cases: [string[], RegExp][] = [
    [[fish, ...rest], /letters\/a\.txt is missing: the run in .*app trained on it/],
    [given(), /fish\.txt is missing/],
    [[fish, ...given(), path('another.txt')], /another\.txt is not a training text of the run in .*app/],
    [[fish, path('letters')], /letters\/c\.txt is not a training text/],
    [[fish, first!, path('late/b.txt'), ...rest.slice(1)], /late\/b\.txt has changed since .* SHA-256 [0-9a-f]{16}/],
  ];
  const refused = async (model: string, texts: readonly string[]): Promise<string> => {
    const { files } = await openSources(texts);
    const past = await openSavedRun(path(model));
    return prepareRunData(files, past, () => undefined, unwatched).then(
      () => 'nothing',
      (error: unknown) => (error as Error).message,
    );
  };
  for (const [texts, words] of cases) expect(await refused('app', texts)).toMatch(words);
  const { documents: _, ...others } = (await json('app', 'homegrown.json')) as RunInfo;
  await cp(path('app'), path('app-bare'), { recursive: true });
  await writeFile(path('app-bare/homegrown.json'), JSON.stringify(others));
  expect(await refused('app-bare', [fish, ...rest])).toMatch(
    /letters, a training text of the run in .*app-bare, is not these 8 files in this order/,
  );
  const ended = await onIn('app', ...given());
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^fish\.txt is missing/) as string });
  expect(await all('app')).toEqual(before);
}, 120_000);
