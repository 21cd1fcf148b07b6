import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { type Calls, countCalls } from '../../testing/dawn';
import { expectClose } from '../../testing/checkOp';
import { CONTEXT, decisiveModel, DECODERS, expectSameAsUncached } from '../../testing/decoding';
import { toyRelative } from '../../testing/toyRelative';
import { decoder } from './decoder';
import { logits } from './logits';
import { memory } from './memory';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});

test.each(Object.entries(DECODERS))(
  '%s: incremental decoding matches reading the whole text, also after the context was full',
  async (_, choice) => {
    const net = await decisiveModel(choice);
    await expectSameAsUncached(net, CONTEXT + 5);
    gpu.check();
    net.dispose();
  },
);
test('a token costs one submit and allocates nothing, and disposing frees everything', async () => {
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

test('encodes a source text once: each token costs one submit, and matches encoding again', async () => {
  const net = await toyRelative('relative-pair');
  const source = [4, 8, 15, 16, 23];
  const lives: number[] = [];
  for (let round = 0; round < 2; round++) {
    const decoding = decoder(net, source);
    const ids = [1];
    await decoding.next(ids);
    for (let i = 0; i < 5; i++) {
      ids.push((7 * i) % 33);
      calls.reset();
      const got = await decoding.next(ids);
      expect(calls).toMatchObject({ submits: 1, buffers: 0 });
      const read = memory(net, source);
      expectClose(got, await logits(net, ids, [ids.length], read), 3e-5, `after ${ids.length} tokens`);
      read.dispose();
    }
    decoding.dispose();
    lives.push(calls.liveBytes);
  }
  expect(lives[1]).toBe(lives[0]); // the backend reuses the first run's buffers
  gpu.check();
  net.dispose();
});
