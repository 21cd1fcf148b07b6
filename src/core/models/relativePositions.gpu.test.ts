import { beforeAll, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { expectSameAsUncached } from '../../testing/decoding';
import { expectSameComputedAgain, expectSameWithCache } from '../../testing/relativePositions';
import { toyRelative } from '../../testing/toyRelative';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test("recomputation gives equal bits with a bias shared by all blocks and an encoder's output", async () => {
  const net = await toyRelative('relative-pair');
  await expectSameComputedAgain(net);
  await expectSameWithCache(net);
  net.dispose();
  gpu.check();
});
test('incremental decoding uses the distances of the whole text, also after the context was full', async () => {
  const net = await toyRelative('relative');
  await expectSameAsUncached(net, 20);
  net.dispose();
  gpu.check();
});
