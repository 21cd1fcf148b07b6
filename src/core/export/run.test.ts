import { expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { bytesSource, gather, type ByteStream } from '../checkpoint/byteSource';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import { modelSpec } from '../models';
import { openMetrics } from '../runs/metrics';
import { readRun, writeRun } from '../runs/record';
import { DEFAULT_RECIPE } from '../train/recipe';
import { exportRun, importRun } from './run';

const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 257 };

async function storeWithRun(): Promise<BlobStore> {
  const store = memoryStore();
  const tensors = new Map(
    ['', 'adam.m.', 'adam.v.'].flatMap((prefix) =>
      Object.entries(modelSpec('gpt').params(model.config, 257)).map(([name, { shape }]) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i / 8);
        return [prefix + name, { shape, data }] as const;
      }),
    ),
  );
  await (await claimRun(store, 'a')).save({ state: { step: 3, tokensSeen: 9, activeMs: 8, best: null }, tensors });
  await (
    await openMetrics(store, 'a', 0)
  ).append([{ kind: 'evaluated', step: 3, loss: 2, bitsPerByte: 1, activeMs: 8, sample: 'x' }]);
  await writeRun(store, {
    version: 1,
    id: 'a',
    name: 'Móby Dick!',
    createdAt: 5,
    status: 'stopped',
    step: 3,
    model,
    recipe: DEFAULT_RECIPE,
    tokenizer: { kind: 'bytes', merges: [] },
    device: null,
    manifest: null,
    data: null,
  });
  return store;
}
const asked = { template: () => Promise.reject(new Error('hf needs none')) };
const contents = (files: readonly ByteStream[]) =>
  Promise.all(files.map(async (file) => ({ name: file.name, source: bytesSource(await gather(file)) })));
const bytes = async (files: readonly ByteStream[]) =>
  new Map(await Promise.all(files.map(async (file) => [file.name, await gather(file)] as const)));

test('a run that leaves and comes back is the same run, down to the bytes of its next export', async () => {
  const { name, files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  expect(name).toBe('moby-dick-step-3');
  const other = memoryStore();
  await importRun(other, 'b', await contents(files), 99, unwatched);
  expect(await readRun(other, 'b')).toMatchObject({
    id: 'b',
    name: 'Móby Dick!',
    createdAt: 5,
    status: 'stopped',
    step: 3,
  });
  const again = await exportRun(other, 'b', 3, 'hf', { ...asked, withOptimizer: true });
  expect(await bytes(again.files)).toEqual(await bytes(files));
});

test('a folder that is not ours is a run at step 0', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: false });
  const store = memoryStore();
  await importRun(store, 'b', await contents(files.filter(({ name }) => name !== 'homegrown.json')), 99, unwatched);
  expect(await readRun(store, 'b')).toMatchObject({ createdAt: 99, step: 0, recipe: DEFAULT_RECIPE, data: null });
  expect((await loadSnapshot(store, 'b')).snapshot.state.step).toBe(0);
});

test('what is wrong, or does not fit, leaves nothing behind, wherever the store gives up', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  const good = await contents(files);
  const untouched = memoryStore();
  const bad = good.map((file) =>
    file.name === 'optimizer.safetensors' ? { ...file, source: bytesSource(new Uint8Array(50)) } : file,
  );
  await expect(importRun(untouched, 'b', bad, 1, unwatched)).rejects.toMatchObject({ code: 'bad-file' });
  expect(await untouched.keys('')).toEqual([]);
  for (let n = 0; ; n++) {
    const store = memoryStore();
    let puts = 0;
    const full: BlobStore = {
      ...store,
      commit: (change) => {
        const fails = [...(change.put ?? [])].length > 0 && puts++ === n;
        return fails ? Promise.reject(new HomegrownError('storage-full', 'full')) : store.commit(change);
      },
    };
    const done = await importRun(full, 'b', good, 1, unwatched).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'storage-full' });
        return false;
      },
    );
    if (done) {
      expect(n).toBeGreaterThan(3);
      break;
    }
    expect(await store.keys('')).toEqual([]);
  }
});
