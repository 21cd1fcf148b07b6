/** Models in the hands of several: none is disposed under its user. */
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../core/base/blobStore';
import { claimRun } from '../core/checkpoint/checkpoint';
import { initialValues } from '../core/models/network';
import { addRun } from '../core/runs/record';
import { chooseDevice } from '../core/train/device';
import { runRecord } from '../testing/runRecord';
import { reference } from '../core/verify/reference';
import type { LoadedModel } from '../jobs/loadedModel';
import { type Models, modelsOf } from './models';

const model = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 } as const;
let store: BlobStore;
let models: Models;
let none: number;

beforeAll(() => chooseDevice('cpu', ''));
beforeEach(async () => {
  none = tf.memory().numTensors;
  store = memoryStore();
  models = modelsOf(Promise.resolve(store));
  const writer = await claimRun(store, 'r');
  for (const step of [1, 2]) {
    const state = { step, tokensSeen: 0, activeMs: 0, best: null };
    await writer.save({ state, tensors: initialValues(model, step) });
  }
  await addRun(store, runRecord({ id: 'r', status: 'stopped', step: 2, model }));
});
afterEach(() => models.unload());

/** A user that holds the model until released. */
function user(step: number) {
  let end = (): void => undefined;
  let begun: (model: LoadedModel) => void;
  const has = new Promise<LoadedModel>((resolve) => (begun = resolve));
  const done = models.use('r', step, async (loaded) => {
    begun(loaded);
    await new Promise<void>((resolve) => (end = resolve));
    return loaded.step;
  });
  return { has, done, end: () => end() };
}
const speaks = async ({ network }: LoadedModel): Promise<boolean> =>
  (await reference(network, null, [1])).scores.every(Number.isFinite);

test('a check of another checkpoint does not dispose the model that is writing, which is disposed once unused', async () => {
  const writing = user(1);
  const loaded = await writing.has;
  expect(await models.use('r', 2, speaks)).toBe(true);
  expect(await speaks(loaded)).toBe(true);
  const both = tf.memory().numTensors;
  writing.end();
  expect(await writing.done).toBe(1);
  expect(tf.memory().numTensors).toBeLessThan(both);
  await models.unload();
  expect(tf.memory().numTensors).toBe(none);
});

test('two concurrent requests share one model', async () => {
  const [a, b] = [user(2), user(2)];
  expect(await a.has).toBe(await b.has);
  for (const each of [a, b]) each.end();
  await Promise.all([a.done, b.done]);
});

test('a device change waits for the last user of a model, except on a failed device', async () => {
  const writing = user(1);
  const loaded = await writing.has;
  const order: string[] = [];
  const unloaded = models.unload().then(() => order.push('unloaded'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await speaks(loaded)).toBe(true);
  order.push('ended');
  writing.end();
  await unloaded;
  expect(order).toEqual(['ended', 'unloaded']);

  const stuck = user(1);
  const old = await stuck.has;
  models.retire();
  expect(await models.use('r', 1, (anew) => Promise.resolve(anew !== old))).toBe(true);
  stuck.end();
  await stuck.done;
});
