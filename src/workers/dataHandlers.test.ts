/** The data worker behind a channel: behavior beyond the slices that use it. */
import { gzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { stepOf } from '../core/documents/clean/recipe';
import { FORMAT_IDS } from '../core/export/cards';
import { FORMATS } from '../core/export/formats';
import { openZip } from '../core/files/openZip';
import { modelSpec } from '../core/models';
import { type Halves, halvesOver, lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { goldenStore } from '../testing/golden';
import { FINISHED, spoil, STOPPED } from '../testing/goldenPage';
import { lockRun } from '../storage/lock';
import { blobSource } from '../jobs/blobSource';
import { dataHandlers } from './dataHandlers';

let page: TestStudio | undefined;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page?.close());
function open(store: BlobStore, change: (halves: Halves) => void = () => undefined): TestStudio['data'] {
  const halves = halvesOver(store);
  change(halves);
  page = testStudio(store, halves);
  return page.data;
}

test('a sample comes with its license, and an unlisted one is refused by name', async () => {
  const store = memoryStore();
  const files: Record<string, string> = {
    '/samples/index.json': JSON.stringify([{ file: 'sea.txt', title: 'Sea', licence: 'CC0', bytes: 16 }]),
    '/samples/sea.txt': 'The sea is wide.',
  };
  const data = open(store, (halves) => {
    halves.data = dataHandlers(Promise.resolve(store), (path) =>
      path in files ? Promise.resolve(new Response(files[path])) : Promise.reject(new Error(path)),
    );
  });
  expect(await data.call('samples', null)).toMatchObject([{ file: 'sea.txt' }]);
  const outcome = await data.call('importSample', { file: 'sea.txt', projectId: 'first', addedAt: 5 });
  expect(outcome).toMatchObject({ kind: 'added', text: { name: 'sea.txt', licence: 'CC0', addedAt: 5 } });
  await expect(data.call('importSample', { file: 'other.txt', projectId: 'first', addedAt: 5 })).rejects.toMatchObject({
    code: 'bad-file',
    message: 'There is no sample other.txt',
  });
  expect(await data.call('listTexts', { projectId: 'first' })).toHaveLength(1);
});

test('a recipe is previewed, applied and removed, and its tokenizer normalizes like it', async () => {
  const handlers = dataHandlers(Promise.resolve(memoryStore()), (path) => Promise.reject(new Error(path)));
  const files = ['CALL  me Ishmael. '.repeat(40), 'Aye.'].map((text, i) => ({
    file: new File([text], `${i}.txt`),
    name: `d/${i}.txt`,
  }));
  const { text } = await handlers.importFiles({ files, projectId: 'first', addedAt: 1 }, unwatched);
  const id = text!.id;
  const steps = [stepOf('lowerCase'), stepOf('whiteSpace'), stepOf('length', { least: 10 })];
  const recipe = { version: 1, name: 'own', steps, kept: [] } as const;
  const look = { step: null, at: 0 };
  const previewed = await handlers.previewRecipe({ ids: [id], recipe, look }, unwatched);
  expect(previewed).toMatchObject({ left: { documents: 1 }, out: [{ place: 1, step: 2 }] });
  const trained = async () =>
    (await handlers.trainTokenizer({ texts: [id], kind: 'bpe', vocabulary: 300, roles: ['end'] }, unwatched)).model;
  expect((await trained()).normalizers).toBeUndefined();
  const start = async (nth: number) => handlers.trainingExcerpt({ id, nth, characters: 16 }, unwatched);
  expect([await start(0), await start(1)]).toEqual(['CALL  me Ishmael', 'Aye.']);
  const copied = await handlers.copied({ written: 'They CALL me Ishmael', texts: [id] }, unwatched);
  expect(copied).toEqual({ words: 2, passage: 'CALL me', from: 5, to: 12 });
  const cleaned = await handlers.applyRecipe({ id, recipe, at: 2 }, unwatched);
  expect(cleaned.cleaned).toMatchObject({ name: 'own', recipe: previewed.hash, documents: 1 });
  expect(await handlers.leftByRecipe({ id, from: 0, count: 9 }, unwatched)).toMatchObject({
    of: 1,
    rows: [{ place: 1 }],
  });
  expect((await trained()).normalizers).toContainEqual({ type: 'Lowercase' });
  expect(await start(0)).toBe('call me ishmael.');
  await expect(start(1)).rejects.toThrow('fewer than 2 documents for training');
  const off = { ...recipe, steps: steps.map((step) => ({ ...step, isOn: false })) };
  expect(await handlers.applyRecipe({ id, recipe: off, at: 3 }, unwatched)).toEqual(text);
  expect(await handlers.leftByRecipe({ id, from: 0, count: 9 }, unwatched)).toEqual({ rows: [], of: 0, recipe: null });
});

test('the number of pairs that exceed a context is reported', async () => {
  const { importFiles, buildData, inRows } = dataHandlers(Promise.resolve(memoryStore()), (path) =>
    Promise.reject(new Error(path)),
  );
  const rows = Array.from({ length: 40 }, (_, i) => `${'a'.repeat(1 + i)},b`);
  const name = 'pairs.csv';
  const file = new File([['input,target', ...rows].join('\n')], name);
  const files = [{ file, name, table: { format: 'csv', columns: null } as const }];
  const { text } = await importFiles({ files, projectId: 'first', addedAt: 1 }, unwatched);
  const tokenizer = { kind: 'bytes', merges: [] } as const;
  const split = { validation: 0.1, test: 0, seed: 0 };
  const data = await buildData({ texts: [text!.id], tokenizer, split }, unwatched);
  const words = (objective: 'pairs' | 'spanCorruption', context: number) => {
    const model = { id: 't5', config: { ...modelSpec('t5').presets[0]!.config, context } } as const;
    return inRows({ data, tokenizer, model, recipe: { ...DEFAULT_RECIPE, objective } }, unwatched);
  };
  const train = data.manifest.parts.train.documents;
  expect(await words('pairs', 64)).toEqual({ rows: train, isCut: false });
  expect(await words('pairs', 2)).toEqual({
    words: expect.stringMatching(/^3\d inputs and 0 targets of 3\d training pairs are longer than/) as string,
    rows: train,
    isCut: true,
  });
  expect(await words('spanCorruption', 8)).toBeNull();
});

test('small and large files of a drop become documents in order; only an unreadable one is reported', async () => {
  const store = memoryStore();
  const { handFiles, importFiles, documents } = dataHandlers(Promise.resolve(store), (path) =>
    Promise.reject(new Error(path)),
  );
  const files = Array.from({ length: 50 }, (_, i) => {
    const file = new File([`Letter ${i}: `, 'sea '.repeat(i % 8 === 3 ? 20_000 : i)], `${i}.txt`);
    if (i === 20) file.arrayBuffer = () => Promise.reject(new Error('it has moved'));
    return { file, name: `${i}.txt` };
  });
  for (const [from, to] of [
    [0, 25],
    [25, 40],
  ])
    await handFiles({ drop: '1', files: files.slice(from, to) }, unwatched);
  await handFiles(
    { drop: '2', files: [{ file: new File(['of another drop'], 'other.txt'), name: 'other.txt' }] },
    unwatched,
  );
  const { text, refused } = await importFiles(
    { drop: '1', files: files.slice(40), projectId: 'first', addedAt: 1 },
    unwatched,
  );
  expect(refused).toMatchObject([
    { name: '20.txt', failure: { message: expect.stringContaining('it has moved') as string } },
  ]);
  const { rows } = await documents({ textId: text!.id, from: 0, count: 99, query: '' }, unwatched);
  const kept = files.filter((_, i) => i !== 20);
  expect(rows.map(({ title, bytes }) => [title, bytes])).toEqual(kept.map(({ name, file }) => [name, file.size]));
});

test('a file that moved after its drop is refused alone, also when others may belong to it', async () => {
  const { importFiles } = dataHandlers(Promise.resolve(memoryStore()), (path) => Promise.reject(new Error(path)));
  const moved = (name: string, size: number): File => {
    const file = new File(['x'.repeat(size)], name);
    const read = () => Promise.reject(new DOMException('It could not be found', 'NotReadableError'));
    const stream = () => new ReadableStream({ pull: (to) => to.error(new DOMException('', 'NotReadableError')) });
    return Object.assign(file, { arrayBuffer: read, stream, slice: () => ({ arrayBuffer: read }) });
  };
  const files = [
    { file: moved('tweets.js', 9), name: 'x/data/tweets.js' },
    { file: moved('small.txt', 9), name: 'small.txt' },
    { file: moved('large.txt', 2 ** 17), name: 'large.txt' },
    { file: moved('table.parquet', 2 ** 17), name: 'table.parquet' },
    { file: new File(['The sea is wide.'], 'sea.txt'), name: 'sea.txt' },
  ];
  const { text, refused } = await importFiles({ files, projectId: 'first', addedAt: 1 }, unwatched);
  expect(text).toMatchObject({ documents: 1, name: 'sea.txt' });
  expect(refused.map(({ name }) => name).sort()).toEqual(
    files
      .slice(0, 4)
      .map(({ name }) => name)
      .sort(),
  );
  for (const { failure } of refused)
    expect(failure).toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('changed, moved or was removed after you chose it (NotReadableError)') as string,
    });
});

test('files after a skipped, unread file are read with their own content', async () => {
  const { importFiles, documents } = dataHandlers(Promise.resolve(memoryStore()), (path) =>
    Promise.reject(new Error(path)),
  );
  const packed = gzipSync(gzipSync(new TextEncoder().encode('Twice.')));
  const files = Object.entries({
    'a.txt.gz.gz': packed,
    'b.txt': 'The letter b.',
    'desktop.ini.gz': packed,
    'c.txt': 'It is c.',
  }).map(([name, content]) => ({ file: new File([content], name), name }));
  const asked = { files, projectId: 'first', addedAt: 1 };
  const { text, refused, passedOver } = await importFiles(asked, unwatched);
  expect(refused.map(({ name }) => name)).toEqual(['a.txt.gz.gz']);
  expect(passedOver).toHaveLength(1);
  const { rows } = await documents({ textId: text!.id, from: 0, count: 9, query: '' }, unwatched);
  expect(rows.map(({ title, bytes }) => [title, bytes])).toEqual([
    ['b.txt', 13],
    ['c.txt', 8],
  ]);
});

test('zips of one checkpoint have file names that distinguish the formats', async () => {
  const data = open(await goldenStore());
  const folders = FORMAT_IDS.filter((format) => FORMATS[format].kind === 'folder' && FORMATS[format].check);
  const asked = { runId: FINISHED, which: 'latest', withOptimizer: false } as const;
  const names: string[] = [];
  for (const format of folders) names.push((await data.call('exportModel', { ...asked, format })).name);
  expect(new Set(names).size).toBe(5);
  expect(names.sort()).toEqual([
    'harbour-step-40-onnx-f16.zip',
    'harbour-step-40-onnx-f32.zip',
    'harbour-step-40-pytorch.zip',
    'harbour-step-40-service.zip',
    'harbour-step-40.zip',
  ]);
});

test('a text that is purged during a read stays until the read ends', async () => {
  const store = memoryStore();
  const order: string[] = [];
  const data = open(store, (halves) => {
    const { trainTokenizer, purgeText } = halves.data;
    halves.data.trainTokenizer = (...call) => trainTokenizer(...call).finally(() => order.push('trained'));
    halves.data.purgeText = (...call) => purgeText(...call).finally(() => order.push('purged'));
  });
  const sea = Array.from({ length: 4000 }, (_, i) => `The sea is ${i * i} miles wide. `).join('');
  const outcome = await data.call('importPaste', { text: sea, name: 'sea.txt', projectId: 'first', addedAt: 1 });
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  const training = data.call('trainTokenizer', { texts: [id], roles: [], kind: 'bpe', vocabulary: 400 });
  await data.call('removeText', { id, projectId: 'first', at: 1 });
  await data.call('purgeText', { id });
  expect((await training).size).toBe(400);
  expect(order).toEqual(['trained', 'purged']);
  expect(await store.keys('text')).toEqual([]);
});

test('leftovers of an earlier session are removed before the first list is returned', async () => {
  const store = memoryStore();
  await store.commit({
    put: [
      ['draft/text/half/', true],
      ['text/half/0', Uint8Array.of(1, 2)],
    ],
  });
  expect(await open(store).call('listTexts', { projectId: 'first' })).toEqual([]);
  expect(await store.keys('')).toEqual([]);
});

test('stored runs are listed with their bytes, and data held by a tab aren’t freed', async () => {
  const store = await goldenStore();
  const data = open(store);
  const listed = () => data.call('listRuns', { projectId: 'first', now: 0 });
  const runs = await listed();
  expect(runs.map(({ record }) => record.step)).toEqual([0, 32, 120, 40, 12]);
  const { bytes } = runs.find(({ record }) => record.id === STOPPED)!;
  const { steps } = await data.call('savedSteps', { runId: STOPPED });
  expect(bytes).toBe(steps.reduce((sum, step) => sum + step.bytes, 0));

  const lock = await lockRun(STOPPED);
  await expect(data.call('freeRun', { runId: STOPPED })).rejects.toMatchObject({ code: 'in-use' });
  expect((await data.call('savedSteps', { runId: STOPPED })).steps).toHaveLength(2);
  lock.release();
  await data.call('freeRun', { runId: STOPPED });
  expect((await listed()).find(({ record }) => record.id === STOPPED)).toMatchObject({
    bytes: 0,
    record: { step: 120 },
  });
  expect((await data.call('savedSteps', { runId: FINISHED })).steps).toHaveLength(2);
});

test('unreadable records are listed with their size, and exported byte for byte', async () => {
  const store = await goldenStore();
  await store.commit({ put: [['texts/torn', 'half a rec']] });
  await spoil(store, STOPPED, 120, 'drop');
  const data = open(store);
  const found = await data.call('listUnreadable', { runId: STOPPED });
  expect(found.map(({ key }) => key).sort()).toEqual([`manifests/${STOPPED}/120.1.4`, 'texts/torn']);
  const { file, name } = await data.call('exportRaw', { key: 'texts/torn' });
  expect(name).toBe('homegrown-texts-torn.zip');
  const files = await openZip(blobSource(file), name);
  const [torn] = [...files.values()];
  expect(new TextDecoder().decode(await torn!.read(0, torn!.size))).toContain('half a rec');
});
