import { describe, expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { CHUNK, damage, failingAt, snapshotAt, steps } from '../../testing/savedSteps';
import { claimRun, listSnapshots, loadSnapshot, type RunWriter } from './checkpoint';

describe('the best step', () => {
  /** State and weights of a best step. */
  const bestAt = (step: number, loss = 10 / step) => {
    const { state, tensors } = snapshotAt(step);
    const weights = new Map([...tensors].filter(([name]) => !name.startsWith('adam.')));
    return { state: { ...state, best: { step, loss } }, weights };
  };
  const keep = (writer: RunWriter, step: number, loss?: number) => {
    const { state, weights } = bestAt(step, loss);
    return writer.keepBest(state, () => Promise.resolve(weights));
  };

  test('is saved as weights alone, in addition to the two newest steps, and an older best is dropped', async () => {
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
    // The next writer knows the best, although the newest step was saved before it.
    expect((await claimRun(store, 'r', CHUNK)).best).toEqual({ step: 4, loss: 2.5 });
  });

  test('is the step that was just saved, without writing it again', async () => {
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
    // Writes the weights if the step was found damaged meanwhile.
    const next = await claimRun(store, 'r', CHUNK);
    await next.save(snapshotAt(3, 2));
    await damage(store, 3);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
    expect(await keep(next, 3)).toEqual({ bytes: 4 * (32 + 3) });
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.tensors).toEqual(bestAt(3).weights);
  });

  test('weights alone are no checkpoint to resume from, even if everything else is damaged', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await writer.save(snapshotAt(step));
    await keep(writer, 3);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
    await damage(store, 1);
    await damage(store, 2);
    await expect(loadSnapshot(store, 'r')).rejects.toThrow(/Step 2 .*Step 1 /);
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.state.step).toBe(3);
    // A best step that was saved complete still is a checkpoint, as in runs of older builds.
    const old = memoryStore();
    const before = await claimRun(old, 'r', CHUNK);
    for (const step of [1, 2, 3]) await before.save(snapshotAt(step, 1));
    for (const step of [2, 3]) await damage(old, step);
    expect((await loadSnapshot(old, 'r')).snapshot.state.step).toBe(1);
  });

  test('does not move when a later continuation saves the same step', async () => {
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

  test.each(['before', 'after'] as const)('survives a crash %s any operation of saving it', async (when) => {
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
        // All listed steps can be read, and the checkpoint to resume from is complete.
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

test('opens runs of the build that saved only complete steps, unchanged', async () => {
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
    {
      step: 750,
      bytes: 12,
      holds: 'all',
      precision: 'f32',
      latest: true,
      best: true,
      pinned: false,
      light: false,
      loss: null,
    },
  ]);
  expect((await loadSnapshot(store, 'r')).snapshot.tensors).toEqual(new Map([['w', { shape: [3], data }]]));
  // An import marked itself as the best regardless of its state, so its loss is unknown.
  expect((await claimRun(store, 'r')).best).toBeNull();
  // The description and its root stay as that build wrote them.
  expect(await store.get(`manifests/r/${id}`)).toMatchObject({ version: 1 });
  expect(await store.get('heads/r')).toMatchObject({ version: 3, latest: id, pinned: [], light: [] });
});
