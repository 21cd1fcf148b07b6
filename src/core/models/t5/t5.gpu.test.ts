import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../../gpu/backend';
import { softmaxCrossEntropy } from '../../ops/softmaxCrossEntropy';
import { countCalls } from '../../../testing/dawn';
import { expectUnseen } from '../../../testing/padding';
import { expectSameComputedAgain, expectSameWithCache } from '../../../testing/relativePositions';
import { smallT5, t5Choice } from '../../../testing/t5';
import { initialValues, network } from '../network';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test('recomputation and incremental decoding give equal bits', async () => {
  const net = await smallT5();
  await expectSameComputedAgain(net);
  await expectSameWithCache(net);
  net.dispose();
  gpu.check();
});
test("outputs don't depend on padding, also with dropout", async () => {
  const net = await smallT5({ gated: false });
  await expectUnseen(net, { dropout: 0.2, attentionDropout: 0.1, recompute: true });
  net.dispose();
  gpu.check();
});
/** Counts the dispatches that an additional layer of each adds, forward and backward. */
test('a gated encoder layer and decoder layer take 61 dispatches', async () => {
  const calls = countCalls();
  const dispatches = async (layers: number): Promise<number> => {
    const choice = t5Choice({ layers });
    const net = await network(choice, initialValues(choice, 1));
    const ids = (seed: number) =>
      tf.tensor2d(
        Int32Array.from({ length: 16 }, (_, i) => (i * seed) % 33),
        [2, 8],
        'int32',
      );
    calls.reset();
    const { grads, value } = tf.variableGrads(() => {
      const lengths = tf.tensor1d([8, 5], 'int32');
      const output = net.forward(ids(5), { dropout: 0, lengths }, { ids: ids(7), lengths });
      return softmaxCrossEntropy(output, tf.reshape(ids(3), [16]), tf.tensor1d([16], 'int32'));
    });
    await value.data();
    tf.dispose([grads, value]);
    net.dispose();
    return calls.dispatches;
  };
  for (const layers of [1, 2]) await dispatches(layers); // compiles, and fills tensors
  expect((await dispatches(3)) - (await dispatches(2))).toBe(61);
  gpu.check();
});
