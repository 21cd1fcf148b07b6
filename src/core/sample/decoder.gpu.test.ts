import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { type Calls, countCalls } from '../testing/dawn';
import { CONTEXT, decisiveModel, expectSameAsUncached } from '../testing/decoding';
import { decoder } from './decoder';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});

test('a token at a time it says what the whole text says, also when the context has been full', async () => {
  const net = await decisiveModel();
  await expectSameAsUncached(net, CONTEXT + 5);
  gpu.check();
  net.dispose();
});
test('a token costs one submit and makes nothing, and disposing frees all', async () => {
  const net = await decisiveModel();
  const live = calls.liveBytes;
  const decoding = decoder(net);
  await decoding.next([1, 2, 3]);
  calls.reset();
  await decoding.next([1, 2, 3, 4]);
  await decoding.next([1, 2, 3, 4, 5]);
  expect(calls).toMatchObject({ submits: 2, writes: 2, buffers: 0, bindGroups: 0, pipelines: 0 });
  decoding.dispose();
  expect(calls.liveBytes).toBe(live);
  net.dispose();
});
