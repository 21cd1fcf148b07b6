import { beforeAll, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { expectSameAsUncached } from '../../testing/decoding';
import { expectSameComputedAgain, expectSameWithCache } from '../../testing/relativePositions';
import { toyRelative } from '../../testing/toyRelative';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test('one bias for all blocks, and what an encoder made: the same bits kept and computed again', async () => {
  const net = await toyRelative('relative-pair');
  await expectSameComputedAgain(net);
  await expectSameWithCache(net);
  net.dispose();
  gpu.check();
});
test('a token at a time, keys are as far away as in the whole text, also when the context has been full', async () => {
  const net = await toyRelative('relative');
  await expectSameAsUncached(net, 20);
  net.dispose();
  gpu.check();
});
