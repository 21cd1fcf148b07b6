import { describe, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { CHUNK, damage, failingAt, snapshotAt, steps } from '../../testing/savedSteps';
import { claimRun, listSnapshots, loadSnapshot, snapshotKeys, surveySnapshots } from './checkpoint';
import { HEAD } from './head';
import { MANIFEST } from './manifest';

test('restores a snapshot bit for bit, with its state', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  const { bytes } = await writer.save(snapshotAt(7));
  expect(bytes).toBe(4 * (32 + 3 + 11));
  expect(await loadSnapshot(store, 'r')).toEqual({ snapshot: snapshotAt(7), damaged: [] });
});

test('reads only the chunks that contain the requested tensors', async () => {
  const store = memoryStore();
  await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(7));
  const { tensors } = snapshotAt(7);
  for (const names of [['transformer.wte.weight'], ['__proto__', 'empty'], ['adam.m.transformer.wte.weight'], []]) {
    const read: string[] = [];
    const counting: BlobStore = {
      ...store,
      get: (key) => {
        if (key.startsWith('runs/')) read.push(key.slice(-5));
        return store.get(key);
      },
    };
    const { snapshot } = await loadSnapshot(counting, 'r', 'latest', new Set(names));
    expect(snapshot.tensors).toEqual(new Map([...tensors].filter(([name]) => names.includes(name))));
    // 128, 12, 0 and 44 bytes in chunks of 64.
    const chunks: [string, number[]][] = [
      ['transformer.wte.weight', [0, 1]],
      ['__proto__', [2]],
      ['adam.m.transformer.wte.weight', [2]],
    ];
    const wanted = chunks.flatMap(([name, at]) => (names.includes(name) ? at : []));
    expect(read.map(Number)).toEqual(wanted);
  }
});

test('keeps the newest step, the one before and the best, and nothing else in the store', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  for (const step of [0, 10, 20, 30, 40, 50]) await writer.save(snapshotAt(step, step < 20 ? 10 : 20));
  expect(await listSnapshots(store, 'r')).toMatchObject([
    { step: 20, best: true },
    { step: 40, latest: false },
    { step: 50, latest: true, best: false },
  ]);
  expect((await loadSnapshot(store, 'r', 'best')).snapshot.state.step).toBe(20);
  expect((await loadSnapshot(store, 'r', 40)).snapshot).toEqual(snapshotAt(40, 20));
  await expect(loadSnapshot(store, 'r', 30)).rejects.toThrow(/no saved step 30/);
  const ids = new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2]));
  expect(ids.size).toBe(3);
  await store.commit({ drop: await snapshotKeys(store, 'r') });
  expect(await store.keys('')).toEqual([]);
});

describe.each(['before', 'after'] as const)('a crash %s any operation of a save', (when) => {
  test('opens the newest committed step, never lists a partial one, and the next save cleans up', async () => {
    let crashes = 0;
    for (let n = 0; ; n++) {
      const store = memoryStore();
      const first = await claimRun(store, 'r', CHUNK);
      await first.save(snapshotAt(1));
      await first.save(snapshotAt(2));
      const faulty = failingAt(store, n, when);
      let saved = false;
      try {
        const writer = await claimRun(faulty, 'r', CHUNK);
        await writer.save(snapshotAt(3));
        saved = true;
      } catch (error) {
        expect(error).toBeInstanceOf(HomegrownError);
        crashes++;
      }
      const listed = await steps(store);
      // A reported save always exists; a save whose report was lost may exist too.
      if (saved) expect(listed.at(-1)).toBe(3);
      expect([2, 3]).toContain(listed.at(-1));
      const newest = listed.at(-1)!;
      expect(await loadSnapshot(store, 'r')).toEqual({ snapshot: snapshotAt(newest), damaged: [] });
      expect((await loadSnapshot(store, 'r', newest - 1)).snapshot).toEqual(snapshotAt(newest - 1));

      await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(4));
      expect(await steps(store)).toEqual([newest, 4]);
      expect(new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2])).size).toBe(2);
      const { length } = await faulty.keys('').then(
        (keys) => keys,
        () => [],
      );
      if (saved && length > 0) break; // n is after the last operation
    }
    expect(crashes).toBeGreaterThan(10);
  });
});

describe('damage', () => {
  test('reports a flipped bit, sets the step aside without deleting it, and loads the one before', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await damage(store, 2);
    const { snapshot, damaged } = await loadSnapshot(store, 'r');
    expect(snapshot).toEqual(snapshotAt(1));
    expect(damaged).toEqual([
      { step: 2, reason: 'Step 2 can’t be opened: part 2 of 3 has changed since it was written' },
    ]);
    expect(await steps(store)).toEqual([1]);
    // The writer continues from the undamaged step, which stays as the previous one.
    await writer.save(snapshotAt(3));
    expect(await steps(store)).toEqual([1, 3]);
    expect((await store.keys('runs/r/2.')).length).toBe(3);
  });

  test('falls back if parts are missing, or the description is changed or missing', async () => {
    const breakers: ((store: BlobStore) => Promise<unknown>)[] = [
      async (store) => store.commit({ drop: [(await store.keys('runs/r/2.'))[0]!] }),
      async (store) => store.commit({ drop: await store.keys('manifests/r/2.') }),
      async (store) => {
        const key = (await store.keys('manifests/r/2.'))[0]!;
        const manifest = (await store.get(key)) as { tensors: { shape: number[] }[] };
        manifest.tensors[0]!.shape.reverse();
        return store.commit({ put: [[key, manifest]] });
      },
      async (store) => store.commit({ put: [[(await store.keys('manifests/r/2.'))[0]!, 'x']] }),
    ];
    for (const breakIt of breakers) {
      const store = memoryStore();
      const writer = await claimRun(store, 'r', CHUNK);
      for (const step of [1, 2]) await writer.save(snapshotAt(step));
      await breakIt(store);
      const { snapshot, damaged } = await loadSnapshot(store, 'r');
      expect([snapshot.state.step, damaged.map(({ step }) => step)]).toEqual([1, [2]]);
    }
  });

  test('reports every reason if nothing can be opened', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await damage(store, 1);
    await damage(store, 2);
    await expect(loadSnapshot(store, 'r')).rejects.toThrow(/Step 2 .*Step 1 /);
  });

  test('detects a store that loses data before the head moves', async () => {
    const store = memoryStore();
    await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(1));
    const lossy: BlobStore = {
      ...store,
      get: async (key) => (key.startsWith('runs/') ? new Uint8Array(CHUNK) : store.get(key)),
    };
    await expect((await claimRun(lossy, 'r', CHUNK)).save(snapshotAt(2))).rejects.toThrow(
      /failed its check after writing/,
    );
    expect((await loadSnapshot(store, 'r')).snapshot).toEqual(snapshotAt(1));
  });

  test('does not treat a failing disk as damage', async () => {
    const store = memoryStore();
    await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(1));
    await expect(loadSnapshot(failingAt(store, 2, 'before'), 'r')).rejects.toThrow('injected');
    expect(await steps(store)).toEqual([1]);
  });
});

test('claiming a run locks out the previous writer, even in the middle of a save', async () => {
  const store = memoryStore();
  const sleeper = await claimRun(store, 'r', CHUNK);
  await sleeper.save(snapshotAt(1));
  let takeOver: Promise<unknown> | undefined;
  const slow: BlobStore = {
    ...store,
    commit: async (change) => {
      const put = [...(change.put ?? [])];
      if (put.some(([key]) => key.startsWith('manifests/'))) {
        takeOver ??= claimRun(store, 'r', CHUNK).then((writer) => writer.save(snapshotAt(5)));
        await takeOver;
      }
      return store.commit({ ...change, put });
    },
  };
  const interrupted = await claimRun(slow, 'r', CHUNK);
  await expect(interrupted.save(snapshotAt(2))).rejects.toMatchObject({ code: 'in-use' });
  await expect(sleeper.save(snapshotAt(3))).rejects.toMatchObject({ code: 'in-use' });
  expect(await steps(store)).toEqual([1, 5]);
});

test('never saves values that are not finite, and ids from links cannot leave their folder', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  const snapshot = snapshotAt(1);
  snapshot.tensors.get('__proto__')!.data[2] = NaN;
  await expect(writer.save(snapshot)).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('__proto__[2]') as string,
  });
  expect(await store.keys('runs/')).toEqual([]);
  for (const id of ['', '../x', 'a/b', 'x'.repeat(65)]) await expect(claimRun(store, id)).rejects.toThrow(/no run/);
});

describe('a record that cannot be read', () => {
  const twoSteps = async (): Promise<BlobStore> => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    return store;
  };
  const all = async (store: BlobStore) =>
    Promise.all((await store.keys('')).map(async (key) => [key, await store.get(key)]));

  test('reports a damaged, newer or missing head, and removes nothing that it may name', async () => {
    for (const [value, code] of [
      ['x', 'storage-damaged'],
      [{ latest: '2.1.2' }, 'storage-damaged'],
      [{ version: HEAD.version + 1, steps: [] }, 'newer-version'],
      [undefined, 'storage-damaged'],
    ] as const) {
      const store = await twoSteps();
      await store.commit(value === undefined ? { drop: ['heads/r'] } : { put: [['heads/r', value]] });
      const before = await all(store);
      const failure = { code, message: expect.stringContaining('list of run r') as string };
      await expect(listSnapshots(store, 'r')).rejects.toMatchObject(failure);
      await expect(loadSnapshot(store, 'r')).rejects.toMatchObject(failure);
      await expect(claimRun(store, 'r', CHUNK)).rejects.toMatchObject(failure);
      expect(await all(store)).toEqual(before);
    }
  });

  test('does not treat a step of a newer version as damage, or set it aside', async () => {
    const store = await twoSteps();
    const [key] = await store.keys('manifests/r/2.');
    await store.commit({ put: [[key!, { version: MANIFEST.version + 1 }]] });
    const before = await all(store);
    await expect(loadSnapshot(store, 'r')).rejects.toMatchObject({ code: 'newer-version' });
    expect(await all(store)).toEqual(before);
    expect(await surveySnapshots(store, 'r')).toMatchObject({
      steps: [{ step: 1, latest: true }],
      damaged: [{ step: 2, key, failure: { code: 'newer-version' } }],
    });
  });

  test('marks the newest step that can be opened as the latest, and reports why others cannot', async () => {
    const store = await twoSteps();
    await store.commit({ drop: [(await store.keys('runs/r/2.'))[1]!] });
    const reason = 'Step 2 can’t be opened: part 2 of 3 is missing';
    const survey = { steps: [{ step: 1, latest: true }], damaged: [{ step: 2, reason }] };
    expect(await surveySnapshots(store, 'r')).toMatchObject(survey);
    await loadSnapshot(store, 'r');
    expect(await surveySnapshots(store, 'r')).toMatchObject(survey);
  });
});
