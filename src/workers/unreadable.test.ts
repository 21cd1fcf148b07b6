/** Each record damaged in turn: the report, the kept records, and the export. */
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { readBytes } from '../core/files/byteSource';
import { memoryStore, type BlobStore, type Json, type Stored } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { storedRecord } from '../core/base/record';
import { claimRun } from '../core/checkpoint/checkpoint';
import { EVALUATION, type EvaluationRecord } from '../core/runs/evaluations';
import { openJournal } from '../core/runs/journal';
import { FIRST_PROJECT, initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { KINDS, kindOf } from '../core/runs/kinds';
import { addRun } from '../core/runs/record';
import { purgeRemoved, runRows } from '../core/runs/rows';
import { dropUnused } from '../core/runs/unused';
import { readShards } from '../core/shards/build';
import { dataId } from '../core/shards/manifest';
import { importText, listTexts, pastedText } from '../core/documents';
import { runRecord } from '../testing/runRecord';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { buildData } from '../jobs/buildData';
import { listUnreadable, rawFiles } from './unreadable';
import { propertyRuns } from '../testing/propertyRuns';

const TOKENIZER = { kind: 'bytes' as const, merges: [] };
const PROSE = 'The whale is large, and the sea is wide. '.repeat(50);

/** A text, data, a project, and a run on older data than the project's. */
async function library(): Promise<BlobStore> {
  const store = memoryStore();
  const outcome = await importText(pastedText('a.txt', PROSE), store, { addedAt: 1 }, unwatched);
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  const { manifest } = await buildData(
    store,
    [id],
    await createTokenizer(TOKENIZER),
    { validation: 0.1, test: 0, seed: 0 },
    unwatched,
  );
  const project = initialProject();
  const data = { id: dataId(manifest) };
  await addRun(store, runRecord({ id: 'r', status: 'stopped', step: 2, tokenizer: TOKENIZER, data }));
  const writer = await claimRun(store, 'r');
  for (const step of [1, 2]) {
    const tensors = new Map([['w', { shape: [2], data: Float32Array.of(step, step) }]]);
    await writer.save({ state: { step, tokensSeen: 1, activeMs: 1, best: null }, tensors });
  }
  await (await openJournal(store, 'r', 0)).append([{ kind: 'saved', step: 1, bytes: 8 }]);
  await saveProject(store, await readProject(store, FIRST_PROJECT), { ...project, runId: 'r' });
  await buildData(store, [id], await createTokenizer(TOKENIZER), { validation: 0.2, test: 0, seed: 0 }, unwatched);
  await store.commit({
    put: [
      ['device', 'wasm'],
      ['device-memory/wasm', 1e9],
      ['cuts', { gpu: 'wide' }],
    ],
  });
  return store;
}
const RECORDS = [
  'projects/first',
  'texts/',
  'text/',
  'data/',
  'runs-index/r',
  'heads/r',
  'manifests/r/2.',
  'journal/r/',
  'device',
  'device-memory/',
  'cuts',
];
const all = async (store: BlobStore) =>
  new Map(await Promise.all((await store.keys('')).map(async (key) => [key, await store.get(key)] as const)));

test('a truncated, mistyped or newer record is reported with its size, and never deleted', async () => {
  for (const record of RECORDS) {
    for (const damage of [
      (value: Stored) => JSON.stringify(value).slice(0, -5),
      () => Uint8Array.of(1, 2, 3),
      (value: Stored, key: string) => ({ ...(value as object), version: kindOf(key)!.kind.version + 1 }),
    ]) {
      const store = await library();
      const key = (await store.keys(record)).find(kindOf)!;
      await store.commit({ put: [[key, damage((await store.get(key))!, key)]] });
      const before = await all(store);
      const [found, ...others] = await listUnreadable(store, 'r');
      expect([found?.key, found?.name, others]).toEqual([key, kindOf(key)?.name, []]);
      expect(found?.failure.message).toMatch(/\w/);
      const files = await rawFiles(store, key);
      expect(files.reduce((sum, { size }) => sum + size, 0)).toBe(found?.bytes);
      expect(files.map(({ name }) => name)).toContain(
        `${key}.${before.get(key) instanceof Uint8Array ? 'bin' : 'json'}`,
      );
      await dropUnused(store);
      // Only data of another build that surely has no owner may be deleted: all possible owners are readable.
      const dropped = [...before.keys()].filter((k) => !/^(data|shards)\//.test(k));
      expect(await store.keys('')).toEqual(expect.arrayContaining([...dropped, key]));
    }
  }
});

test('measurements of a missing run are deleted, except unreadable ones', async () => {
  const store = await library();
  const [torn, newer, whole] = ['1', '2', '3'].map((step) => `evaluations/elsewhere/${step}/validation`);
  const record: EvaluationRecord = {
    ...{ version: 1, runId: 'elsewhere', step: 3, part: 'validation', textHash: '', tokenizerHash: '', madeAt: 1 },
    evaluation: { tokens: 0, documents: 0, bytes: 0, metrics: {}, baselines: {}, leftOut: [] },
  };
  await store.commit({
    put: [
      [torn!, 'torn'],
      [newer!, { version: 99 }],
      [whole!, storedRecord(EVALUATION, record)],
    ],
  });
  await dropUnused(store);
  expect(await store.keys('evaluations/elsewhere/')).toEqual([torn, newer]);
});

test('shards that an unreadable run or project may own are not collected', async () => {
  for (const breakIt of [
    (store: BlobStore) => store.commit({ put: [['runs-index/r', 'torn']] }),
    (store: BlobStore) => store.commit({ put: [['runs-index/r', { version: 99 }]] }),
    (store: BlobStore) => store.commit({ drop: ['runs-index/r'] }),
    (store: BlobStore) => store.commit({ put: [['set-aside/project/1', { version: 99 }]] }),
    (store: BlobStore) => store.commit({ put: [['projects/first', { version: 99 }]] }),
  ]) {
    const store = await library();
    await breakIt(store);
    const before = await all(store);
    await dropUnused(store);
    expect(await all(store)).toEqual(before);
  }
});

test('a run with a field that this build doesn’t know is listed as unreadable, and neither dropped nor collected', async () => {
  const known = (await (await library()).get('runs-index/r')) as { segments: { data: object }[] };
  const [segment] = known.segments;
  for (const unknown of [
    { ...known, ofNewerBuild: 1 },
    { ...known, segments: [{ ...segment, ofNewerBuild: 1 }] },
    { ...known, segments: [{ ...segment, data: { ...segment!.data, ofNewerBuild: 1 } }] },
    { ...known, removedAt: 1, ofNewerBuild: 1 },
  ] as unknown as Json[]) {
    const store = await library();
    await store.commit({ put: [['runs-index/r', unknown]] });
    const before = await all(store);
    const [found, ...others] = await listUnreadable(store, 'r');
    expect(found).toMatchObject({ key: 'runs-index/r', name: 'A run', failure: { code: 'storage-damaged' } });
    expect(found!.failure.message).toContain('ofNewerBuild');
    expect(others).toEqual([]);
    // The other runs are listed, and a start deletes nothing it may own, even if it was deleted long ago.
    await addRun(store, runRecord({ id: 's', status: 'stopped', step: 1, tokenizer: TOKENIZER }));
    expect((await runRows(store, 'first', () => undefined)).map(({ record }) => record.id)).toEqual(['s']);
    await dropUnused(store);
    await purgeRemoved(store, Date.now(), (_, work) => work());
    for (const [key, value] of before) expect(await store.get(key), key).toEqual(value);
    const files = (await rawFiles(store, found!.key)).map(({ name }) => name);
    expect(files).toContain('runs-index/r.json');
  }
});

test('data without an owner is deleted, and data of a run stays', async () => {
  const store = await library();
  expect(await store.keys('data/')).toHaveLength(2);
  await dropUnused(store);
  expect(await store.keys('data/')).toHaveLength(1);
  expect(await listUnreadable(store, 'r')).toEqual([]);
});

test('data of the project stays while a resumed run tokenizes its own', async () => {
  const store = await library();
  const { stored: _, ...kept } = await readProject(store, FIRST_PROJECT);
  const [{ id } = { id: '' }] = await listTexts(store);
  const mine = await buildData(
    store,
    [id],
    await createTokenizer(TOKENIZER),
    { validation: 0.3, test: 0, seed: 0 },
    unwatched,
  );
  await saveProject(store, await readProject(store, FIRST_PROJECT), { ...kept.project, data: mine });
  await buildData(store, [id], await createTokenizer(TOKENIZER), { validation: 0.4, test: 0, seed: 0 }, unwatched);
  await dropUnused(store);
  expect(await readShards(store, dataId(mine.manifest))).toEqual(mine.manifest);
});

test('the export contains everything stored', async () => {
  const store = await library();
  await store.commit({ put: [['heads/r', 'torn']] });
  const [found] = await listUnreadable(store, null);
  const files = await rawFiles(store, found!.key);
  const names = files.map(({ name }) => name.replace(/\.(bin|json)$/, ''));
  const its = (await store.keys('')).filter((key) => /^(runs-index|heads|manifests|runs|journal)\/r\b/.test(key));
  expect(names.sort()).toEqual(its.sort());
  for (const file of files) {
    const value = await store.get(file.name.replace(/\.(bin|json)$/, ''));
    const bytes = await readBytes(file);
    expect(file.name.endsWith('.bin') ? bytes : JSON.parse(new TextDecoder().decode(bytes))).toEqual(value);
  }
});

test('any value under any key is reported without failing, and stays', async () => {
  const folder = fc.constantFrom(
    'project',
    'projects/',
    'texts/',
    'text/',
    'runs-index/',
    'heads/',
    'manifests/',
    'manifests/r/',
    'runs/',
    'journal/r/',
    'data/',
    'shards/',
    'draft/',
    'set-aside/project/',
    ...KINDS.map(({ at }) => at),
    '',
  );
  const name = fc.oneof(fc.constantFrom('', 'r', 'a/b', '../x', '1.1.1'), fc.string({ maxLength: 5 }));
  const value = fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 5 }), fc.constantFrom({ version: 99 }, null, {}));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(folder, name, value), { maxLength: 8 }), async (puts) => {
      const store = memoryStore();
      await store.commit({ put: puts.map(([a, b, stored]) => [a + b, stored as Stored] as const) });
      const before = await all(store);
      for (const { key } of await listUnreadable(store, 'r')) await rawFiles(store, key);
      expect(await all(store)).toEqual(before);
    }),
    { numRuns: propertyRuns(300) },
  );
});
