/** Migrates stores of older builds to the current form without loss, despite interruptions. */
import { createHash } from 'node:crypto';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openStore } from '../../storage/store';
import type { BlobStore, Json, Stored } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { parseRecord, readRecord } from '../base/record';
import { listSnapshots, loadSnapshot } from '../checkpoint/checkpoint';
import { readHead } from '../checkpoint/head';
import type { HostTensor } from '../checkpoint/tensors';
import { openText } from '../documents';
import { listTexts } from '../documents/library';
import { readShards } from '../shards/build';
import { manifestKey } from '../shards/manifest';
import { BUILDS, type Build, goldenStore, goldenValues } from '../../testing/golden';
import { failingAt } from '../../testing/savedSteps';
import { CURVE, CURVES } from './curve';
import { KINDS } from './kinds';
import { migrate } from './migrate';
import { listProjects, readProject } from './projects';
import { listRuns, recordKey } from './record';
import { dataOf } from './segments';
import { readTokenizer } from './tokenizer';

const migrated = (store: BlobStore) => {
  let ids = 0;
  return migrate(store, () => `new-${++ids}`, unwatched);
};
const all = async (store: BlobStore): Promise<Map<string, Stored | undefined>> =>
  new Map(await Promise.all((await store.keys('')).map(async (key) => [key, await store.get(key)] as const)));
/** Values by key, with bytes as hashes, because comparing megabytes item by item takes a minute. */
const contents = async (store: BlobStore): Promise<object> =>
  Object.fromEntries(
    [...(await all(store))].map(([key, value]) => {
      if (!(value instanceof Uint8Array)) return [key, value];
      return [key, createHash('sha256').update(value).digest('hex')];
    }),
  );

const hashed = ([name, { data }]: [string, HostTensor]): [string, string] => [
  name,
  createHash('sha256').update(data).digest('hex'),
];

/** A person's data: every character of the texts, the project's settings, and all stored data of each run. */
async function seen(store: BlobStore): Promise<unknown> {
  const texts = [];
  for (const { id, name, projects } of await listTexts(store)) {
    let characters = '';
    for (const document of await openText(store, id)) for await (const chunk of document.chunks()) characters += chunk;
    texts.push({ id, name, projects, characters });
  }
  const { project, problem } = await readProject(store, 'first');
  const { projects } = await listProjects(store);
  const unreadable = (await Promise.all(KINDS.map((kind) => kind.unreadable(store, project.runId)))).flat();
  const runs = await listRuns(store);
  const models: unknown[] = [];
  for (const run of runs) {
    const { snapshot } = await loadSnapshot(store, run.id).catch(() => ({ snapshot: null }));
    const whole = { ...run, tokenizer: await readTokenizer(store, run) };
    models.push([whole, snapshot && [snapshot.state, [...snapshot.tensors].map(hashed)]]);
  }
  return { texts, project, problem, count: projects.length, models, unreadable };
}

describe.each(BUILDS)('the store of %s', (build) => {
  test('has each item where this build stores it, with unchanged texts and runs', async () => {
    const store = await goldenStore(build);
    const [was, before] = [await seen(store), Object.entries(await contents(store))];
    const texts = (await listTexts(store)).length;
    expect(texts).toBeGreaterThan(0);
    expect(await migrated(store)).toEqual({ texts: build === '96f5056' ? 0 : texts });
    expect(await seen(store)).toEqual(was);
    const after = await contents(store);
    const names = Object.keys(after);
    expect(names).toContain('projects/first');
    expect(names).not.toContain('project');
    expect(names.filter((key) => /^text\/[^/]+\/documents\/0$/.test(key))).toHaveLength(texts);
    expect((await listTexts(store)).every(({ indexed, chunkBytes }) => indexed && chunkBytes.length > 0)).toBe(true);
    for (const [key, value] of before) {
      if (!/^(project$|texts\/|runs-index\/|heads\/|curves\/)/.test(key))
        expect(after[key as keyof typeof after], key).toEqual(value);
    }
    // Downsampled curves are stored as bytes, with every digit; incomplete ones are rebuilt when listed.
    for (const [key, value] of before.filter(([key]) => key.startsWith(CURVES))) {
      if ((value as { version: number }).version < 2) continue;
      const curve = (await readRecord(store, key, CURVE))!;
      expect(await store.get(key)).toBeInstanceOf(Uint8Array);
      expect(curve).toEqual(parseRecord(value as Json, key, CURVE));
    }
    // Run records have nothing large, and their overviews include every step.
    for (const { id, tokenizer } of await listRuns(store)) {
      expect(tokenizer.merges ?? []).toEqual([]);
      const steps = Object.keys((await readHead(store, id))?.steps ?? {});
      expect(steps).toHaveLength((await listSnapshots(store, id)).length);
    }
    // A second migration does nothing.
    expect(await migrated(store)).toEqual({ texts: 0 });
    expect(await contents(store)).toEqual(after);
  });

  test('is migrated once by two concurrent tabs', async () => {
    const [store, alone] = [await goldenStore(build), await goldenStore(build)];
    await migrated(alone);
    await Promise.all([migrated(store), migrated(store)]);
    expect(await contents(store)).toEqual(await contents(alone));
  });

  test.each(['before', 'after'] as const)(
    'loses nothing when killed %s any operation, and reaches the same result on the next start',
    async (when) => {
      const whole = await goldenStore(build);
      const was = await seen(whole);
      await migrated(whole);
      const want = await contents(whole);
      let kills = 0;
      for (let n = 0; ; n++) {
        const store = await goldenStore(build);
        const isKilled = await migrated(failingAt(store, n, when)).then(
          () => false,
          (error: unknown) => {
            expect(error).toBeInstanceOf(HomegrownError);
            return true;
          },
        );
        if (!isKilled) break;
        kills++;
        // Not after every kill, because it reads every byte of every run.
        if (n % 10 === 0) expect(await seen(store)).toEqual(was);
        await migrated(store);
        expect(await contents(store)).toEqual(want);
      }
      expect(kills).toBeGreaterThan(10);
    },
  );
});

describe('in IndexedDB', () => {
  beforeEach(() => void vi.stubGlobal('indexedDB', new IDBFactory()));
  afterEach(() => void vi.unstubAllGlobals());
  /** A copy in a browser's store, new each time. */
  let stores = 0;
  const stored = async (build: Build): Promise<BlobStore> => {
    const store = await openStore(`of ${build} ${++stores}`);
    await store.commit({ put: goldenValues(build) });
    return store;
  };

  test.each(BUILDS)('the store of %s is migrated to the same result, also after repeated kills', async (build) => {
    const want = await goldenStore(build);
    await migrated(want);
    const store = await stored(build);
    const was = await seen(store);
    // Each start gets three operations further and dies in the next.
    for (let n = 0; n < 1000; n += 3) {
      if (await migrated(failingAt(store, n, n % 2 === 0 ? 'before' : 'after')).catch(() => null)) break;
    }
    expect(await contents(store)).toEqual(await contents(want));
    expect(await seen(store)).toEqual(was);
  });
});

test('lists data that only a run describes, if nothing is listed yet', async () => {
  for (const build of ['7bac939', '1608a14'] as const) {
    const store = await goldenStore(build);
    const want = new Map<string, unknown>();
    for (const run of await listRuns(store)) {
      const { id } = dataOf(run);
      if (id !== null) want.set(id, await readShards(store, id));
    }
    expect(want.size).toBeGreaterThan(0);
    await store.commit({ drop: [...want.keys()].map(manifestKey) });
    await migrated(store);
    for (const [id, manifest] of want) expect(await readShards(store, id)).toEqual(manifest);
    const [other] = [...want.keys()];
    const changed = { ...((await store.get(manifestKey(other!))) as object), kept: 'as it is' };
    await store.commit({ put: [[manifestKey(other!), changed]] });
    await migrated(store);
    expect(await store.get(manifestKey(other!))).toEqual(changed);
  }
});

test('leaves unreadable records as they are, and migrates all others', async () => {
  const store = await goldenStore('1608a14');
  const [broken, ...texts] = await listTexts(store);
  const [run] = await listRuns(store);
  const entry = await store.get(`texts/${broken!.id}`);
  await store.commit({
    put: [
      ['project', { version: 99 }],
      ['texts/torn', 'half a rec'],
      [recordKey(run!.id), 7],
    ],
    drop: [`text/${broken!.id}/0`],
  });
  expect(await migrated(store)).toEqual({ texts: texts.length });
  expect(await store.get('project')).toEqual({ version: 99 });
  expect(await store.get('texts/torn')).toBe('half a rec');
  expect(await store.get(recordKey(run!.id))).toBe(7);
  expect(await store.get(`texts/${broken!.id}`)).toEqual(entry);
  for (const { id } of texts)
    expect((await store.get(`texts/${id}`)) as Record<string, Json>).toMatchObject({ version: 4 });
});

test('it reports its progress, small texts first, and stops when aborted', async () => {
  const reports: { done: number; of?: number }[] = [];
  const store = await goldenStore();
  await migrate(store, () => 'x', {
    ...unwatched,
    report: (progress) => reports.push(progress),
  });
  const sizes = (await listTexts(store)).map(({ bytes }) => bytes).sort((a, b) => a - b);
  expect(reports.map(({ done }) => done)).toEqual(sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b)));
  expect(reports.at(-1)).toMatchObject({ done: reports.at(-1)!.of, unit: 'bytes' });

  const stop = new AbortController();
  const again = await goldenStore();
  const report = (): void => stop.abort(new Error('stopped'));
  await expect(migrate(again, () => 'x', { signal: stop.signal, report })).rejects.toThrow('stopped');
  expect((await listTexts(again)).filter(({ indexed }) => indexed)).toHaveLength(1);
});
