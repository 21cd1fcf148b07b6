/** A run that resumes from its folder, compared with an uninterrupted one. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { exportedFrom } from '../src/core/export/exported';
import type { Format } from '../src/core/export/format';
import { type FormatId, FORMATS } from '../src/core/export/formats';
import { importRun } from '../src/core/export/run';
import { readBytes } from '../src/core/files/byteSource';
import { template } from '../scripts/templates';
import { filesOf } from '../node/folders/folder';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { Local } from '../node/folders/local';
import { readModel } from '../node/folders/readModel';
import { type SavedRun } from '../node/folders/savedRun';
import { lines, ROOT, run, TINY, STEP_ALONE } from './testing/run';
import { deviceOf } from './resumeFlags';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const settings = ['--schedule', 'constant', '--warmup', '2', '--dropout', '0.1', '--eval-every', '4', '--json'];
const grow = (...args: string[]) =>
  run(['grow', '--text', 'texts/whale.txt', 'texts/fish.txt', ...TINY, ...settings, ...args], { cwd: folder });
const goOn = (...args: string[]) => run(['grow', '--json', ...args], { cwd: folder });

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'resume-')));
  await mkdir(path('texts'));
  await writeFile(path('texts/whale.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  await writeFile(path('texts/fish.txt'), 'Ein Fisch, der kein Wal ist, schwimmt vorbei. '.repeat(40));
  expect(await grow('--steps', '16', '--out', 'straight')).toMatchObject({ code: 0, stderr: '' });
  expect(await grow('--steps', '8', '--out', 'begun')).toMatchObject({ code: 0, stderr: '' });
}, 240_000);
afterAll(() => rm(folder, { recursive: true }));

const json = async (...names: string[]): Promise<unknown> => JSON.parse(await readFile(path(...names), 'utf8'));
const hashes = async (model: string): Promise<Record<string, string>> => {
  const names = (await readdir(path(model))).sort();
  const hash = async (name: string) => createHash('sha256').update(await readFile(path(model, name)));
  return Object.fromEntries(await Promise.all(names.map(async (n) => [n, (await hash(n)).digest('hex')] as const)));
};

/** Everything independent of clocks: tensors and tokenizer bit for bit, the curve, and the run's record. */
async function substance(model: string): Promise<object> {
  const all = await hashes(model);
  const { createdAt, id, parent: _parent, state, ...info } = (await json(model, 'homegrown.json')) as RunInfo;
  expect(createdAt).toBeGreaterThan(0);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const log = (await json(model, 'trainer_state.json')) as { log_history: Record<string, unknown>[] };
  const curve = log.log_history.map(({ active_ms: _, tokens_per_second: __, memory_bytes: ___, ...entry }) => entry);
  const tensors = ['model.safetensors', 'optimizer.safetensors', 'tokenizer.json'].map((name) => all[name]);
  expect(tensors).not.toContain(undefined);
  return { tensors, info, state: { ...state, activeMs: 0 }, curve };
}

test('resumes in its folder, with its settings, texts and device, as if uninterrupted', async () => {
  await cp(path('begun'), path('on'), { recursive: true });
  await writeFile(path('on', 'notes.txt'), 'notes');
  const ended = await goOn('--resume', 'on', '--steps', '16');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).map(({ step }) => step)).toEqual([12, 16, 16]);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ device: 'wasm', out: 'on' });
  expect(await substance('on')).toEqual(await substance('straight'));
  expect(await substance('begun')).not.toEqual(await substance('straight'));
  expect((await readdir(path('on'))).sort()).toEqual([...(await readdir(path('straight'))), 'notes.txt'].sort());
  expect(await json('on', 'local.json')).toEqual(await json('straight', 'local.json'));
  expect((await readdir(folder)).filter((name) => name.startsWith('on'))).toEqual(['on']);
}, 120_000);

test('resumes into another folder from given texts and names its parent, which stays unchanged', async () => {
  const before = await hashes('begun');
  await cp(path('texts'), path('moved'), { recursive: true });
  const again = ['--text', 'moved/fish.txt', 'moved/whale.txt'];
  const ended = await goOn('--resume', 'begun', ...again, '--steps', '16', '--out', 'other');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(await substance('other')).toEqual(await substance('straight'));
  expect(await hashes('begun')).toEqual(before);

  const [parent, child] = [(await readModel(path('begun'))).info!, (await readModel(path('other'))).info!];
  const local = (await json('other', 'local.json')) as Local;
  expect(parent.parent).toBeUndefined();
  const lineage = { id: parent.id, step: 8, how: 'fork' };
  expect(child.parent).toEqual({ ...lineage, name: 'whale.txt, fish.txt' });
  expect(child.id).not.toBe(parent.id);
  expect(await readFile(path('other', 'README.md'), 'utf8')).toContain(
    'trained with Homegrown from step 8 of whale.txt, fish.txt',
  );
  const listed = await run(['runs', '--in', folder, '--json']);
  const { runs } = lines(listed.stdout)[0] as { runs: { folder: string }[] };
  const of = (name: string) => runs.find((each) => each.folder === path(name));
  expect(of('begun')).toMatchObject({ folder: path('begun'), id: parent.id, step: 8, state: 'finished', parent: null });
  expect(of('other')).toMatchObject({
    folder: path('other'),
    id: child.id,
    step: 16,
    state: 'finished',
    parent: lineage,
  });
  expect(local.texts.map((text) => text.path)).toEqual(['fish.txt', 'whale.txt'].map((name) => path('moved', name)));
}, 120_000);

test('given settings start a segment on the given device, whose best step ignores earlier ones', async () => {
  await cp(path('begun'), path('changed'), { recursive: true });
  const ended = await goOn('--resume', 'changed', '--steps', '12', '--learning-rate', '1e-4', '--device', 'cpu');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ step: 12, device: 'cpu' });
  const [was, { info, events }] = [(await readModel(path('begun'))).info!, await readModel(path('changed'))];
  const { recipe, data } = was.segments[0];
  const changed = { ...recipe, steps: 12, learningRate: 1e-4 };
  expect(info).toMatchObject({ id: was.id, device: 'CPU', state: { step: 12 } });
  expect(info!.segments).toEqual([
    { after: 0, recipe, data },
    { after: 8, recipe: changed, data, why: 'recipe' },
  ]);
  const rates = events.flatMap((event) => (event.kind === 'step' ? [event.learningRate] : []));
  expect(rates.slice(7)).toEqual([recipe.learningRate, 1e-4, 1e-4, 1e-4, 1e-4]);
  expect(info!.state.best?.step ?? 12).toBe(12);
  const card = await readFile(path('changed', 'README.md'), 'utf8');
  expect(card).toContain(`Up to step 8: learning rate ${recipe.learningRate}.`);
  expect(card).toContain('12 of 12');
}, 120_000);

test('no export contains the paths of its texts, nor does the app after an import', async () => {
  expect(await readFile(path('begun', 'local.json'), 'utf8')).toContain(path('texts'));
  const exported = await exportedFrom(await readModel(path('begun')), 'begun', 0);
  for (const id of Object.keys(FORMATS) as FormatId[]) {
    const format: Format = FORMATS[id];
    if (!format.check) continue; // of an adapter alone
    const files = await format.files(exported, { withOptimizer: true, template });
    for (const file of files) {
      expect(file.name).not.toMatch(/local\.json$/);
      expect(Buffer.from(await readBytes(file)).includes(folder), `${id}: ${file.name}`).toBe(false);
    }
  }
  const out = path('as-hf');
  const ended = await run(['export', '--from', path('begun'), '--format', 'hf', '--out', out, '--optimizer']);
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(await readdir(out)).not.toContain('local.json');
  const store = memoryStore();
  await importRun(store, { runId: 'a', projectId: 'first' }, await filesOf(path('begun')), 1, unwatched);
  for (const key of await store.keys('')) {
    const value = (await store.get(key))!;
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value);
    expect(text.includes(folder), key).toBe(false);
  }
}, 120_000);

const CHANGED =
  /whale\.txt has changed since the run in begun trained on it: SHA-256 [0-9a-f]{16}… instead of [0-9a-f]{16}… Nothing was written\..* start a new run, or .*npm run tune -- --kind adapt --from begun --text FILE --out OTHER\. .*Change and continue accepts any text/;
describe('it doesn’t resume, and nothing changes', () => {
  test.each<[string, string[], number, RegExp]>([
    ['from a text that has changed', ['--text', 'changed/whale.txt', 'texts/fish.txt'], 1, CHANGED],
    [
      'from a text that is another',
      ['--text', 'other.txt'],
      1,
      /other\.txt is not a training text of the run in begun/,
    ],
    ['from some of its texts', ['--text', 'texts/fish.txt'], 1, /whale\.txt is missing.* Name all texts of the run/],
    ['with another tokenizer', ['--tokenizer', 'bytes'], 2, /--tokenizer can't change when a run resumes/],
    ['as a model of another size', ['--width', '16'], 2, /--width can't change/],
    [
      'where its steps are done',
      ['--steps', '8'],
      2,
      /The run in begun has already finished step 8 of 8\. Raise the total with --steps/,
    ],
    ['around its folder', ['--out', '.'], 2, /--out \. contains --resume begun/],
  ])('%s', async (_, args, code, words) => {
    await mkdir(path('changed'), { recursive: true });
    await writeFile(path('changed/whale.txt'), 'Ein Wal — das ist ein Fisch. '.repeat(60));
    await writeFile(path('other.txt'), 'Ein Hai. '.repeat(60));
    const [before, names] = [await hashes('begun'), await readdir(folder)];
    const steps = args.includes('--steps') ? [] : ['--steps', '16'];
    const ended = await goOn('--resume', 'begun', ...steps, ...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr.trimEnd().split('\n').length).toBe(1);
    expect(await hashes('begun')).toEqual(before);
    expect(await readdir(folder)).toEqual(names);
  });

  test('if a text has moved, or something required is missing', async () => {
    await rename(path('texts'), path('gone'));
    const gone = await goOn('--resume', 'begun', '--steps', '16');
    await rename(path('gone'), path('texts'));
    expect(gone.code).toBe(1);
    expect(gone.stderr).toMatch(/whale\.txt, a training text of the run in .*is missing.* Name all texts of the run/);
    await cp(path('begun'), path('bare'), { recursive: true });
    await rm(path('bare/local.json'));
    expect((await goOn('--resume', 'bare', '--steps', '16')).stderr).toMatch(/The path of whale\.txt.*is not known/);
    await rm(path('bare/optimizer.safetensors'));
    expect((await goOn('--resume', 'bare', '--steps', '16')).stderr).toMatch(
      /optimizer\.safetensors, needed for an exact continuation, is missing/,
    );
    const none = await goOn('--resume', 'none');
    expect(none.stderr).toMatch(/There is no folder none/);
  }, 120_000);
});

test('a run of an older build that split several texts differently isn’t resumed', async () => {
  const golden = join(ROOT, 'golden/7bac939');
  await cp(join(golden, 'grown/bytes'), path('older'), { recursive: true });
  const before = await hashes('older');
  const texts = ['harbour.txt', 'notes.md', 'page.html'].map((name) => join(golden, 'texts', name));
  const ended = await goOn('--resume', 'older', '--steps', '20', '--text', ...texts);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/older trained on 2,885 tokens, but its texts now have 2,8\d\d\. An older Homegrown/);
  expect(await hashes('older')).toEqual(before);
}, 120_000);

test('a folder without local.json, from an older build, asks for its text and resumes from it', async () => {
  await cp(join(ROOT, 'golden/1608a14/grown/bytes'), path('before'), { recursive: true });
  const asked = await goOn('--resume', 'before', '--steps', '16');
  expect(asked.code).toBe(1);
  expect(asked.stderr).toMatch(/The path of harbour\.txt, .* is not known\. Name all texts of the run with --text/);
  const text = join(ROOT, 'golden/7bac939/texts/harbour.txt');
  expect(await goOn('--resume', 'before', '--steps', '16', '--text', text)).toMatchObject({ code: 0, stderr: '' });
  expect((await readModel(path('before'))).info).toMatchObject({ version: 2, state: { step: 16 } });
  expect(await json('before', 'local.json')).toMatchObject({ texts: [{ path: text }] });
  expect(await goOn('--resume', 'before', '--steps', '20')).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

test('its device is read from homegrown.json', () => {
  const of = (device: string | null) => deviceOf({ info: { device } } as SavedRun);
  expect(['llvmpipe (LLVM 15), WebGPU', 'WASM', 'CPU', null].map(of)).toEqual(['webgpu', 'wasm', 'cpu', 'auto']);
});
