import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test, vi } from 'vitest';
import { matMul } from '../ops/matMul';
import { nodeThreads } from '../../../node/threads';
import { withFirstTaken } from '../../testing/firstTaken';
import { wasmFolder } from '../../testing/wasm';
import { asOutOfMemory, openWasm, WASM_HEAP_BYTES, wasmHasFailed, wasmThreads, wasmThreadsReady } from './wasm';

beforeAll(() => setWasmPaths(wasmFolder));

/** Reserves room for a tensor that is never written, so that the machine needn't have it. */
const reserve = (bytes: number): void => {
  const backend = tf.backend() as unknown as { makeOutput(shape: number[], dtype: 'float32'): unknown };
  backend.makeOutput([bytes / 4], 'float32');
};

test('the heap limit matches the builds', async () => {
  for (const build of ['', '-simd', '-threaded-simd']) {
    const glue = await readFile(`${wasmFolder}../wasm-out/tfjs-backend-wasm${build}.js`, 'utf8');
    expect(/getHeapMax\(\)\{return (\d+)\}/.exec(glue)?.[1]).toBe(String(WASM_HEAP_BYTES));
  }
});

test('reports a full heap with numbers, and the next open makes a new heap', async () => {
  expect(await openWasm(nodeThreads(2))).toBe(true);
  const kept = tf.tensor1d([1, 2, 3]);
  const fill = (): void => {
    for (let i = 0; i < 5; i++) reserve(2 ** 30);
  };
  expect(fill).toThrow(/^A tensor of 1\.07 GB doesn’t fit: WASM has 4\.29 GB in total$/);
  expect(fill).toThrow(expect.objectContaining({ code: 'out-of-memory' }) as Error);
  expect(wasmHasFailed()).toBe(true);

  expect(await openWasm(nodeThreads(2))).toBe(true);
  expect(wasmHasFailed()).toBe(false);
  kept.dispose(); // belonged to the old heap
  reserve(2 ** 30);
  expect([...(await tf.tensor1d([1, 2]).square().data())]).toEqual([1, 4]);
});

test('refuses sizes beyond 32 bits instead of truncating them', async () => {
  await openWasm(nodeThreads(2));
  expect(() => reserve(5 * 2 ** 30)).toThrow(/5\.37 GB doesn’t fit/);
  expect(await openWasm(nodeThreads(2))).toBe(true);
});

test('uses one thread if the system refuses shared memory', async () => {
  await openWasm(nodeThreads(2));
  expect(() => reserve(5 * 2 ** 30)).toThrow(/doesn’t fit/); // makes the next one new
  const refused = vi.spyOn(WebAssembly, 'Memory').mockImplementation(function refuse() {
    throw new RangeError('could not allocate memory');
  });
  try {
    expect(await openWasm(nodeThreads(2))).toBe(true);
  } finally {
    refused.mockRestore();
  }
  expect(wasmThreads()?.count).toBe(1);
  const [a, b] = [tf.ones<tf.Rank.R2>([16, 16]), tf.ones<tf.Rank.R2>([16, 16])];
  expect((await matMul(a, b).data())[255]).toBe(16);

  expect(() => reserve(5 * 2 ** 30)).toThrow(/doesn’t fit/);
  await openWasm(nodeThreads(2));
  expect(wasmThreads()?.count).toBe(2);
});

test('a failed thread invalidates its heap, and the next open makes a new one', async () => {
  await openWasm(nodeThreads(2));
  await expect.poll(() => wasmThreads()?.ready(), { timeout: 60_000 }).toBe(2);
  let thrown: unknown;
  try {
    // The first task writes beyond the end.
    withFirstTaken(() => wasmThreads()?.run('pack', [0, 0, 4, 2 ** 32 - 512, 16, 16, 1], 2));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toEqual(new WebAssembly.RuntimeError('A worker thread for pack failed.'));
  asOutOfMemory(thrown);
  expect(wasmHasFailed()).toBe(true);

  expect(await openWasm(nodeThreads(2))).toBe(true);
  await expect.poll(() => wasmThreads()?.ready(), { timeout: 60_000 }).toBe(2);
  const [a, b] = [tf.ones<tf.Rank.R2>([64, 64]), tf.ones<tf.Rank.R2>([64, 64])];
  expect((await matMul(a, b).data())[4095]).toBe(64);
});

test('a clone shares memory, which stays until both are disposed', async () => {
  await openWasm(nodeThreads(2));
  const before = tf.memory();
  const x = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(x);
  expect(clone.dataId).toBe(x.dataId);
  expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(1);
  x.dispose();
  expect([...clone.dataSync()]).toEqual([1, 2, 3]);
  clone.dispose();
  expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
});

test('waits for threads to start, at most one second', async () => {
  await openWasm(nodeThreads(2));
  const ready = vi.spyOn(wasmThreads()!, 'ready').mockReturnValueOnce(1).mockReturnValueOnce(1).mockReturnValue(2);
  await wasmThreadsReady();
  expect(ready).toHaveBeenCalledTimes(3);
  ready.mockReset().mockReturnValue(1);
  await wasmThreadsReady();
  expect(ready).toHaveBeenCalledTimes(40);
  ready.mockRestore();
});

test('without SIMD, opens and multiplies as TensorFlow.js does', async () => {
  await openWasm(nodeThreads(2));
  expect(() => reserve(5 * 2 ** 30)).toThrow(/doesn’t fit/);
  const refused = vi.spyOn(WebAssembly, 'Module').mockImplementation(function refuse() {
    throw new WebAssembly.CompileError('Wasm SIMD unsupported');
  });
  try {
    expect(await openWasm(nodeThreads(2))).toBe(true);
  } finally {
    refused.mockRestore();
  }
  expect(wasmThreads()).toBeUndefined();
  const [a, b] = [tf.ones<tf.Rank.R2>([16, 16]), tf.ones<tf.Rank.R2>([16, 16])];
  expect((await matMul(a, b).data())[255]).toBe(16);

  expect(() => reserve(5 * 2 ** 30)).toThrow(/doesn’t fit/);
  await openWasm(nodeThreads(2));
  expect(wasmThreads()?.count).toBe(2);
});

test('reports engines’ allocation errors as out of memory, other errors unchanged', () => {
  const trap = Object.assign(new Error('memory access out of bounds'), { name: 'RuntimeError' });
  for (const error of [
    trap,
    new RangeError('Array buffer allocation failed'),
    new RangeError('Invalid typed array length: 8589934592'),
    new RangeError('offset is out of bounds'),
    new RangeError("Failed to execute 'createBuffer': size is too large for the implementation"),
  ]) {
    expect(asOutOfMemory(error)).toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining(error.message) as string,
    });
  }
  for (const error of [
    new RangeError('Maximum call stack size exceeded'),
    new TypeError('x is out of bounds'),
    'text',
  ]) {
    expect(asOutOfMemory(error)).toBe(error);
  }
});
