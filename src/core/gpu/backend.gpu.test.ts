import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { complaints } from '../../testing/complaints';
import { explained, findGpu, type Gpu, gpuHasFailed, openGpu } from './backend';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test('the device has the features and limits of the adapter', async () => {
  const adapter = await findGpu();
  expect(adapter).toEqual(gpu.adapter);
  const { features, limits } = gpu.device;
  expect(features.has('shader-f16')).toBe(gpu.adapter.f16);
  expect(features.has('subgroups')).toBe(gpu.adapter.subgroups);
  expect(features.has('timestamp-query')).toBe(gpu.adapter.timestamps);
  const offered = (await navigator.gpu.requestAdapter())!.limits;
  for (const name of ['maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupStorageSize'] as const) {
    expect(limits[name], name).toBe(offered[name]);
  }
});
test('small tensors are also computed on the GPU', async () => {
  const y = tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
  expect(gpu.backend.tensorMap.get(y.dataId).resource).toBeDefined();
  expect([...(await y.data())]).toEqual([4, 6]);
});
test('reports a refused call, and the next use opens a new device', async () => {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE; // can't be combined
  gpu.device.createBuffer({ size: 4, usage });
  expect((await gpu.failed).code).toBe('bug');
  expect(() => gpu.check()).toThrow(/WebGPU: /);
  expect(complaints.splice(0)).toEqual([expect.stringContaining('MapWrite')]);
  const next = await openGpu();
  expect(next).not.toBe(gpu);
  gpu = next;
  next.check();
});
test('reports a lost device', async () => {
  gpu.device.destroy();
  expect((await gpu.failed).code).toBe('device-lost');
});
test('reports a failure on a lost device as its loss, and passes other errors on unchanged', async () => {
  const own = new Error('something else');
  await openGpu();
  expect(gpuHasFailed()).toBe(false);
  expect(await explained(own)).toBe(own);
  (await openGpu()).device.destroy();
  expect(await explained(own)).toMatchObject({ code: 'device-lost' });
  expect(gpuHasFailed()).toBe(true);
  gpu = await openGpu();
  expect(gpuHasFailed()).toBe(false);
});
