import { describe, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { claimRun, listSnapshots, loadSnapshot, snapshotKeys, surveySnapshots, type RunWriter } from './checkpoint';
import type { Snapshot } from './snapshot';

/** Three tensors, the last two not aligned to the chunks of 64 bytes, whose values tell the step. */
function snapshotAt(step: number, bestStep = 0): Snapshot {
  const tensor = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => step + i / 7),
  });
  return {
    state: { step, tokensSeen: step * 10, activeMs: step, best: { step: bestStep, loss: 1.5 } },
    tensors: new Map([
      ['transformer.wte.weight', tensor(8, 4)],
      ['__proto__', tensor(3)],
      ['empty', tensor(0)],
      ['adam.m.transformer.wte.weight', tensor(11)],
    ]),
  };
}
const CHUNK = 64;
const steps = async (store: BlobStore): Promise<number[]> => (await listSnapshots(store, 'r')).map(({ step }) => step);

/** Fails at operation `n` (counted from 0): either nothing of it happens, or all does and then the tab dies. */
function failingAt(store: BlobStore, n: number, when: 'before' | 'after'): BlobStore {
  let count = 0;
  const operation = async <T>(run: () => Promise<T>): Promise<T> => {
    const mine = count++;
    if (mine > n || (mine === n && when === 'before')) throw new HomegrownError('storage-full', 'injected');
    const result = await run();
    if (mine === n) throw new HomegrownError('storage-full', 'injected');
    return result;
  };
  return {
    get: (key) => operation(() => store.get(key)),
    keys: (prefix) => operation(() => store.keys(prefix)),
    commit: (change) => operation(() => store.commit(change)),
  };
}

/** Flips one bit of the chunk that holds a step's middle. */
async function damage(store: BlobStore, step: number): Promise<void> {
  const key = (await store.keys(`runs/r/${step}.`))[1]!;
  const chunk = (await store.get(key)) as Uint8Array;
  await store.commit({ put: [[key, chunk.map((byte, i) => (i === 5 ? byte ^ 4 : byte))]] });
}

test('a snapshot comes back bit for bit, with its state', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  const { bytes } = await writer.save(snapshotAt(7));
  expect(bytes).toBe(4 * (32 + 3 + 11));
  expect(await loadSnapshot(store, 'r')).toEqual({ snapshot: snapshotAt(7), damaged: [] });
});

test('of a part of the tensors, no more is read than holds them', async () => {
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

test('the newest, the one before and the best are kept; nothing else remains in the store', async () => {
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

describe.each(['before', 'after'] as const)('a crash %s operation n of a save, for every n', (when) => {
  test('the newest committed step opens; a half-written one is never listed; the next save cleans up', async () => {
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
      // "Saved" is never untrue; a save whose last words were lost may stand all the same.
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
      if (saved && length > 0) break; // n lies beyond the last operation
    }
    expect(crashes).toBeGreaterThan(10);
  });
});

describe('damage', () => {
  test('a flipped bit is noticed, told, set aside and never deleted; the step before is given', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await damage(store, 2);
    const { snapshot, damaged } = await loadSnapshot(store, 'r');
    expect(snapshot).toEqual(snapshotAt(1));
    expect(damaged).toEqual([
      { step: 2, reason: 'Step 2 cannot be opened: part 2 of 3 has changed since it was written' },
    ]);
    expect(await steps(store)).toEqual([1]);
    // The writer goes on from the good one, which stays behind the new one.
    await writer.save(snapshotAt(3));
    expect(await steps(store)).toEqual([1, 3]);
    expect((await store.keys('runs/r/2.')).length).toBe(3);
  });

  test('missing parts, a changed description and a missing one all fall back', async () => {
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

  test('when nothing can be opened, every reason is told', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await damage(store, 1);
    await damage(store, 2);
    await expect(loadSnapshot(store, 'r')).rejects.toThrow(/Step 2 .*Step 1 /);
  });

  test('a store that does not keep what it was given is found out before the head moves', async () => {
    const store = memoryStore();
    await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(1));
    const lossy: BlobStore = {
      ...store,
      get: async (key) => (key.startsWith('runs/') ? new Uint8Array(CHUNK) : store.get(key)),
    };
    await expect((await claimRun(lossy, 'r', CHUNK)).save(snapshotAt(2))).rejects.toThrow(/did not read back/);
    expect((await loadSnapshot(store, 'r')).snapshot).toEqual(snapshotAt(1));
  });

  test('a failing disk is not taken for damage', async () => {
    const store = memoryStore();
    await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(1));
    await expect(loadSnapshot(failingAt(store, 2, 'before'), 'r')).rejects.toThrow('injected');
    expect(await steps(store)).toEqual([1]);
  });
});

describe('the best step', () => {
  /** Weights alone, of a step that is the best. */
  const bestAt = (step: number, loss = 10 / step) => {
    const { state, tensors } = snapshotAt(step);
    const weights = new Map([...tensors].filter(([name]) => !name.startsWith('adam.')));
    return { state: { ...state, best: { step, loss } }, weights };
  };
  const keep = (writer: RunWriter, step: number, loss?: number) => {
    const { state, weights } = bestAt(step, loss);
    return writer.keepBest(state, () => Promise.resolve(weights));
  };

  test('is kept as weights alone, beside the newest and the one before, and an older best goes', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await keep(writer, 3);
    expect(await keep(writer, 4)).toEqual({ bytes: 4 * (32 + 3) });
    await writer.save(snapshotAt(5, 4));
    expect(await listSnapshots(store, 'r')).toMatchObject([
      { step: 2, holds: 'all', latest: false, best: false, loss: null },
      { step: 4, holds: 'weights', latest: false, best: true, loss: 2.5 },
      { step: 5, holds: 'all', latest: true, best: false },
    ]);
    const { state, weights } = bestAt(4);
    expect(await loadSnapshot(store, 'r', 'best')).toEqual({ snapshot: { state, tensors: weights }, damaged: [] });
    expect(new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2])).size).toBe(3);
    // Who claims the run next knows it, whatever the newest step said when it was saved.
    expect((await claimRun(store, 'r', CHUNK)).best).toEqual({ step: 4, loss: 2.5 });
  });

  test('is the step that was just saved, without a byte of it written again', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(1, 1));
    await writer.save(snapshotAt(2, 1));
    const chunks = await store.keys('runs/r/');
    const { state } = bestAt(2);
    const notAsked = () => Promise.reject(new Error('asked for weights'));
    expect(await writer.keepBest(state, notAsked)).toEqual({ bytes: 0 });
    expect(await store.keys('runs/r/')).toEqual(chunks);
    for (const which of ['latest', 'best', 2] as const) {
      expect((await loadSnapshot(store, 'r', which)).snapshot).toEqual({ ...snapshotAt(2), state });
    }
    expect(await listSnapshots(store, 'r')).toMatchObject([
      { step: 1 },
      { step: 2, latest: true, best: true, loss: 5 },
    ]);
    expect((await claimRun(store, 'r', CHUNK)).best).toEqual({ step: 2, loss: 5 });
    // Not where that was found damaged meanwhile: then its weights are written.
    const next = await claimRun(store, 'r', CHUNK);
    await next.save(snapshotAt(3, 2));
    await damage(store, 3);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
    expect(await keep(next, 3)).toEqual({ bytes: 4 * (32 + 3) });
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.tensors).toEqual(bestAt(3).weights);
  });

  test('as weights alone is nothing that a run goes on from, though all else be damaged', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await keep(writer, 3);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
    await damage(store, 1);
    await damage(store, 2);
    await expect(loadSnapshot(store, 'r')).rejects.toThrow(/Step 2 .*Step 1 /);
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.state.step).toBe(3);
    // One that was saved whole still is, as in runs from before there was the other kind.
    const old = memoryStore();
    const before = await claimRun(old, 'r', CHUNK);
    for (const step of [1, 2, 3]) await before.save(snapshotAt(step, 1));
    for (const step of [2, 3]) await damage(old, step);
    expect((await loadSnapshot(old, 'r')).snapshot.state.step).toBe(1);
  });

  test('that is already kept is not moved by a save of its step on another course', async () => {
    const store = memoryStore();
    await keep(await claimRun(store, 'r', CHUNK), 3);
    const again = await claimRun(store, 'r', CHUNK);
    const { state } = bestAt(3);
    await again.save({ ...snapshotAt(3), state });
    expect(await listSnapshots(store, 'r')).toMatchObject([
      { step: 3, holds: 'all', latest: true, best: false },
      { step: 3, holds: 'weights', latest: false, best: true },
    ]);
    expect((await loadSnapshot(store, 'r', 3)).snapshot).toEqual({ ...snapshotAt(3), state });
  });

  test.each(['before', 'after'] as const)('survives a crash %s operation n of keeping, for every n', async (when) => {
    for (const isSaved of [false, true]) {
      let crashes = 0;
      for (let n = 0; ; n++) {
        const store = memoryStore();
        const first = await claimRun(store, 'r', CHUNK);
        for (const step of [1, 2]) await first.save(snapshotAt(step, 1));
        const faulty = failingAt(store, n, when);
        let isKept = false;
        try {
          const writer = await claimRun(faulty, 'r', CHUNK);
          if (isSaved) await writer.save(snapshotAt(3, 1));
          await keep(writer, 3);
          isKept = true;
        } catch (error) {
          expect(error).toBeInstanceOf(HomegrownError);
          crashes++;
        }
        const listed = await listSnapshots(store, 'r');
        const best = listed.find((step) => step.best)!;
        if (isKept) expect(best.step).toBe(3);
        expect([1, 3]).toContain(best.step);
        // Whatever is listed can be read, and what a run goes on from is whole.
        for (const { step } of listed) expect((await loadSnapshot(store, 'r', step)).damaged).toEqual([]);
        const { snapshot } = await loadSnapshot(store, 'r');
        expect(snapshot.tensors).toEqual(snapshotAt(snapshot.state.step).tensors);
        await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(4));
        const keys = await store.keys('runs/r/');
        expect(new Set(keys.map((key) => key.split('/')[2])).size).toBe((await steps(store)).length);
        if (isKept && (await faulty.keys('').catch(() => [])).length > 0) break;
      }
      expect(crashes).toBeGreaterThan(10);
    }
  });
});

test('runs of the build that kept only whole steps open as they are', async () => {
  const store = memoryStore();
  const data = Float32Array.of(1, 2, 3);
  const chunk = new Uint8Array(data.buffer);
  const id = '750.1.1';
  await store.commit({
    put: [
      ['heads/r', { latest: id, previous: null, best: id, damaged: [], epoch: 1 }],
      [`runs/r/${id}/00000`, chunk],
      [
        `manifests/r/${id}`,
        {
          version: 1,
          id,
          state: { step: 750, tokensSeen: 7, activeMs: 9, best: { step: 500, loss: 2 } },
          tensors: [{ name: 'w', shape: [3] }],
          bytes: 12,
          chunkBytes: 64,
          chunks: ['8e628779e6a74ee0b36991c10158f63cafec7d340ad4e075592502c8708524dd'],
          root: '86169a3cf1dd44b459b799da85cbb879a0ac9095d2eb17d6d0b298c080517c54',
        },
      ],
    ],
  });
  expect(await listSnapshots(store, 'r')).toEqual([
    { step: 750, bytes: 12, holds: 'all', latest: true, best: true, loss: null },
  ]);
  expect((await loadSnapshot(store, 'r')).snapshot.tensors).toEqual(new Map([['w', { shape: [3], data }]]));
  // An import named itself the best whatever its state said, so its loss is not known.
  expect((await claimRun(store, 'r')).best).toBeNull();
});

test('who claims the run shuts out the writer before, also in the middle of its save', async () => {
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

test('what is not a number is never saved, and ids from links cannot leave their folder', async () => {
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

  test('a head that is damaged, newer or missing is told, and nothing that it may name is collected', async () => {
    for (const [value, code] of [
      ['x', 'storage-damaged'],
      [{ latest: '2.1.2' }, 'storage-damaged'],
      [{ version: 2, steps: [] }, 'newer-version'],
      [undefined, 'storage-damaged'],
    ] as const) {
      const store = await twoSteps();
      await store.commit(value === undefined ? { drop: ['heads/r'] } : { put: [['heads/r', value]] });
      const before = await all(store);
      const told = { code, message: expect.stringContaining('saved steps of run r') as string };
      await expect(listSnapshots(store, 'r')).rejects.toMatchObject(told);
      await expect(loadSnapshot(store, 'r')).rejects.toMatchObject(told);
      await expect(claimRun(store, 'r', CHUNK)).rejects.toMatchObject(told);
      expect(await all(store)).toEqual(before);
    }
  });

  test('a step that a newer version wrote is not taken for damage: nothing is set aside for it', async () => {
    const store = await twoSteps();
    const [key] = await store.keys('manifests/r/2.');
    await store.commit({ put: [[key!, { version: 2 }]] });
    const before = await all(store);
    await expect(loadSnapshot(store, 'r')).rejects.toMatchObject({ code: 'newer-version' });
    expect(await all(store)).toEqual(before);
    expect(await surveySnapshots(store, 'r')).toMatchObject({
      steps: [{ step: 1, latest: true }],
      damaged: [{ step: 2, key, failure: { code: 'newer-version' } }],
    });
  });

  test('what is listed as the latest is the newest that can be opened, and what is not is told with its reason', async () => {
    const store = await twoSteps();
    await store.commit({ drop: [(await store.keys('runs/r/2.'))[1]!] });
    const reason = 'Step 2 cannot be opened: part 2 of 3 is missing';
    const survey = { steps: [{ step: 1, latest: true }], damaged: [{ step: 2, reason }] };
    expect(await surveySnapshots(store, 'r')).toMatchObject(survey);
    await loadSnapshot(store, 'r');
    expect(await surveySnapshots(store, 'r')).toMatchObject(survey);
  });
});
