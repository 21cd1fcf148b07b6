/** Pinned steps and intermediate checkpoints, saved in addition to the two newest and the best. */
import { describe, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { CHUNK, damage, failingAt, snapshotAt, steps } from '../../testing/savedSteps';
import { claimRun, listSnapshots, loadSnapshot, type RunWriter } from './checkpoint';
import { boundLight, pinStep, unpinStep } from './pinned';

/** Bytes of a step and of its weights. */
const [WHOLE, WEIGHTS] = [4 * (32 + 3 + 11), 4 * (32 + 3)];
const LIGHT = WEIGHTS / 2;
const AMPLE = 2 ** 29;

const weightsAt = (step: number) =>
  new Map([...snapshotAt(step).tensors].filter(([name]) => !name.startsWith('adam.')));
const keepLight = (writer: RunWriter, step: number, budget = AMPLE) =>
  writer.keepLight(snapshotAt(step).state, () => Promise.resolve(weightsAt(step)), budget);
const ids = async (store: BlobStore) => new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2]!));
const listed = async (store: BlobStore) =>
  (await listSnapshots(store, 'r')).map(({ step, bytes, pinned, light }) => ({ step, bytes, pinned, light }));

describe('a light step', () => {
  test('has weights alone, each rounded to the nearest half, so no run can resume from it', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(1));
    expect(await keepLight(writer, 2)).toEqual({ bytes: LIGHT });
    const [, step] = await listSnapshots(store, 'r');
    expect(step).toMatchObject({
      step: 2,
      light: true,
      latest: false,
      holds: 'weights',
      precision: 'f16',
      bytes: LIGHT,
    });
    const { tensors, state } = (await loadSnapshot(store, 'r', 2)).snapshot;
    expect(state.step).toBe(2);
    expect([...tensors.keys()]).toEqual([...weightsAt(2).keys()]);
    for (const [name, { shape, data }] of weightsAt(2)) {
      expect(tensors.get(name)!.shape).toEqual(shape);
      data.forEach((x, i) => expect(Math.abs(tensors.get(name)!.data[i]! / x - 1)).toBeLessThan(2 ** -11));
    }
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(1);
    await damage(store, 1);
    await expect(loadSnapshot(store, 'r')).rejects.toThrow('Only the weights of step 2 are saved');
  });

  test('keeps full precision if f16 would overflow', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(1));
    for (const [step, largest, precision] of [
      [2, 65_519, 'f16'],
      [3, -65_520, 'f32'],
    ] as const) {
      const tensors = new Map([['w', { shape: [2], data: Float32Array.of(largest, 1 / 3) }]]);
      await writer.keepLight(snapshotAt(step).state, () => Promise.resolve(tensors), AMPLE);
      expect((await listSnapshots(store, 'r')).at(-1)).toMatchObject({ step, precision });
    }
    const { data } = (await loadSnapshot(store, 'r', 3)).snapshot.tensors.get('w')!;
    expect(data).toEqual(Float32Array.of(-65_520, 1 / 3));
    expect((await loadSnapshot(store, 'r', 2)).snapshot.tensors.get('w')!.data[0]).toBe(65_504);
  });

  test('stays through later saves; the earliest are removed if the budget is small', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [0, 1, 2, 3, 4]) {
      await writer.save(snapshotAt(step));
      await keepLight(writer, step, 3 * WHOLE + 2 * LIGHT);
    }
    expect((await listed(store)).filter(({ light }) => light).map(({ step }) => step)).toEqual([3, 4]);
    expect((await ids(store)).size).toBe(5);
    // Requesting the weights of the same step again after a rewind saves it once.
    await keepLight(writer, 4, 3 * WHOLE + 2 * LIGHT);
    expect((await listed(store)).filter(({ light }) => light).map(({ step }) => step)).toEqual([3, 4]);
  });

  test('is removed for a smaller budget, earliest first, while complete and pinned steps stay', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2, 3, 4]) {
      await writer.save(snapshotAt(step));
      await keepLight(writer, step);
    }
    await pinStep(store, 'r', 2, AMPLE);
    const [head, kept] = [await store.get('heads/r'), await listed(store)];
    await boundLight(store, 'r', AMPLE);
    expect(await store.get('heads/r')).toEqual(head);
    await boundLight(store, 'r', 3 * WHOLE + LIGHT + 2 * LIGHT - 1);
    const gone = ({ step, pinned, light }: (typeof kept)[number]) => light && !pinned && step < 4;
    expect(await listed(store)).toEqual(kept.filter((each) => !gone(each)));
    expect((await ids(store)).size).toBe((await listed(store)).length);
    await boundLight(store, 'r', 0);
    expect(await listed(store)).toMatchObject([{ pinned: true }, { step: 3 }, { step: 4, light: false }]);
  });

  test('stays for any budget if unreadable', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2]) await keepLight(writer, step);
    await writer.save(snapshotAt(3));
    const [key] = await store.keys('manifests/r/1.');
    await store.commit({ put: [[key!, { ...((await store.get(key!)) as object), version: 99 }]] });
    const there = async () => (await store.keys('')).filter((each) => each.includes('r/1.')).length;
    const before = await there();
    expect(before).toBeGreaterThan(1);
    await keepLight(writer, 4, 3 * WHOLE + LIGHT);
    await pinStep(store, 'r', 3, 4 * WHOLE);
    await boundLight(store, 'r', 0);
    await writer.save(snapshotAt(5));
    await claimRun(store, 'r', CHUNK);
    expect(await there()).toBe(before);
    expect(await steps(store)).toEqual([3, 5]);
  });

  test('is not requested without room, and leaves nothing if room is too small', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(1));
    const notAsked = () => Promise.reject(new Error('asked for weights'));
    expect(await writer.keepLight(snapshotAt(2).state, notAsked, 3 * WHOLE)).toBeUndefined();
    expect(await keepLight(writer, 2, 3 * WHOLE + LIGHT - 1)).toBeUndefined();
    await writer.save(snapshotAt(3));
    expect(await steps(store)).toEqual([1, 3]);
    expect((await ids(store)).size).toBe(2);
  });

  test('is dropped when the run resumes from an earlier step', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(4));
    for (const step of [4, 8]) await keepLight(writer, step);
    await claimRun(store, 'r', CHUNK);
    expect((await listed(store)).filter(({ light }) => light).map(({ step }) => step)).toEqual([4]);
  });
});

describe('a pinned step', () => {
  test('stays until unpinned, through saves by any writer', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    await writer.save(snapshotAt(1));
    await pinStep(store, 'r', 1, AMPLE);
    for (const step of [2, 3, 4]) await writer.save(snapshotAt(step));
    expect(await steps(store)).toEqual([1, 3, 4]);
    expect((await listed(store))[0]).toMatchObject({ step: 1, pinned: true });
    expect((await loadSnapshot(store, 'r', 1)).snapshot).toEqual(snapshotAt(1));
    await pinStep(store, 'r', 4, AMPLE);
    await unpinStep(store, 'r', 1);
    await unpinStep(store, 'r', 4);
    expect(await listed(store)).toMatchObject([
      { step: 3, pinned: false },
      { step: 4, pinned: false },
    ]);
    expect((await ids(store)).size).toBe(2);
    expect(await store.keys('manifests/r/')).toHaveLength(2);
    await writer.save(snapshotAt(5));
  });

  test('is what the run resumes from if it is complete and all newer ones are damaged', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    for (const step of [1, 2, 3, 4]) {
      await writer.save(snapshotAt(step));
      if (step < 3) await pinStep(store, 'r', step, AMPLE);
    }
    for (const step of [3, 4]) await damage(store, step);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
    expect(await listSnapshots(store, 'r')).toMatchObject([{ latest: false }, { latest: true }]);
    await damage(store, 2);
    expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(1);
  });

  test('replaces light steps, and is rejected with numbers if there is no room', async () => {
    const store = memoryStore();
    const writer = await claimRun(store, 'r', CHUNK);
    const budget = 4 * WHOLE + LIGHT;
    for (const step of [1, 2, 3]) {
      await writer.save(snapshotAt(step));
      await keepLight(writer, step, budget);
    }
    await pinStep(store, 'r', 3, budget);
    expect(await listed(store)).toMatchObject([
      { step: 2, light: false },
      { step: 3, pinned: true },
      { step: 3, light: true },
    ]);
    expect((await ids(store)).size).toBe(3);
    const before = await store.get('heads/r');
    await expect(pinStep(store, 'r', 2, budget)).rejects.toMatchObject({
      code: 'bad-settings',
      message: 'With it, this run’s checkpoints would take 920 bytes; the limit is 806 bytes',
    });
    await expect(pinStep(store, 'r', 7, budget)).rejects.toThrow('Step 7 is no longer saved');
    expect(await store.get('heads/r')).toEqual(before);
  });
});

test.each(['before', 'after'] as const)(
  'a crash %s any operation of light saves, pinning and unpinning leaves readable steps and no orphans',
  async (when) => {
    let crashes = 0;
    for (let n = 0; ; n++) {
      const store = memoryStore();
      const first = await claimRun(store, 'r', CHUNK);
      for (const step of [1, 2]) await first.save(snapshotAt(step));
      await keepLight(first, 2);
      await pinStep(store, 'r', 1, AMPLE);
      const faulty = failingAt(store, n, when);
      let isDone = false;
      try {
        const writer = await claimRun(faulty, 'r', CHUNK);
        await writer.save(snapshotAt(3));
        await keepLight(writer, 3);
        await pinStep(faulty, 'r', 2, AMPLE);
        await unpinStep(faulty, 'r', 1);
        isDone = true;
      } catch (error) {
        expect(error).toBeInstanceOf(HomegrownError);
        crashes++;
      }
      const found = await listed(store);
      for (const { step } of found) expect((await loadSnapshot(store, 'r', step)).damaged).toEqual([]);
      expect(
        found.some(({ step, pinned }) => step === 1 && pinned) ||
          found.some(({ step, pinned }) => step === 2 && pinned),
      ).toBe(true);
      expect(found.some(({ step, light }) => step === 2 && light)).toBe(true);
      const { snapshot } = await loadSnapshot(store, 'r');
      expect(snapshot).toEqual(snapshotAt(snapshot.state.step));
      if (isDone) expect(found.filter(({ pinned }) => pinned)).toMatchObject([{ step: 2 }]);
      await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(4));
      expect((await ids(store)).size).toBe((await steps(store)).length);
      if (isDone && (await faulty.keys('').catch(() => [])).length > 0) break;
    }
    expect(crashes).toBeGreaterThan(20);
  },
);

test('a run that resumes from a pinned step, because the newest two are unreadable, keeps the light ones before it', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  await keepLight(writer, 1);
  await writer.save(snapshotAt(2));
  await pinStep(store, 'r', 2, AMPLE);
  await keepLight(writer, 3);
  for (const step of [4, 5]) await writer.save(snapshotAt(step));
  for (const step of [4, 5]) await damage(store, step);
  expect((await loadSnapshot(store, 'r')).snapshot.state.step).toBe(2);
  await claimRun(store, 'r', CHUNK);
  expect(await steps(store)).toEqual([1, 2]); // 3 belongs to a continuation that may not repeat
});

test('opens and pins the complete copy of a step that is also saved as weights alone', async () => {
  const store = memoryStore();
  const writer = await claimRun(store, 'r', CHUNK);
  await keepLight(writer, 3);
  await pinStep(store, 'r', 3, AMPLE);
  await writer.save(snapshotAt(3, 3)); // the newest, and the best
  await writer.save(snapshotAt(4, 3));
  await writer.save(snapshotAt(5, 3)); // now it is only the best
  expect((await loadSnapshot(store, 'r', 3)).snapshot.tensors).toEqual(snapshotAt(3).tensors);
  await pinStep(store, 'r', 3, AMPLE);
  const pinned = async () => (await listSnapshots(store, 'r')).flatMap((s) => (s.pinned ? [s.holds] : []));
  expect((await pinned()).sort()).toEqual(['all', 'weights']);
  // Unpins one copy at a time, first the one that is also saved for another reason.
  await unpinStep(store, 'r', 3);
  expect(await pinned()).toEqual(['weights']);
  expect((await loadSnapshot(store, 'r', 3)).snapshot.tensors).toEqual(snapshotAt(3).tensors);
  await unpinStep(store, 'r', 3);
  expect(await pinned()).toEqual([]);
  await unpinStep(store, 'r', 3);
  expect((await listSnapshots(store, 'r')).filter(({ step }) => step === 3)).toMatchObject([
    { best: true, holds: 'all' },
  ]);
});
