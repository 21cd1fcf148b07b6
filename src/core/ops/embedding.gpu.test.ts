import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { stream } from '../base/rng';
import { openGpu } from '../gpu/backend';
import { expectClose, floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { capBindings } from '../testing/dawn';
import { byTwoWays, gradientsOf } from '../testing/tiedTable';
import { EMBEDDING, embeddingTied } from './embedding';

for (const [B, T, V, C, places] of [
  [1, 1, 2, 3, 1],
  [1, 3, 4, 5, 3],
  [1, 65, 9, 12, 70],
  [1, 127, 40, 3, 127],
  [3, 65, 7, 127, 65],
  [33, 40, 130, 8, 48],
  [1000, 70, 5, 3, 70],
] as const) {
  const at = stream(V, 'ids', 0);
  const ids = integers(
    [B, T],
    Array.from({ length: B * T }, (_, i) => at(i) % V),
  );
  const tokens = floats([V, C]);
  const positions = floats([places, C], 1, 1);
  const sizes = { vocabulary: V, places };
  checkOnGpu(`embedding of ${B} x ${T} ids of ${V}`, EMBEDDING, { ids, tokens, positions }, sizes);
  const within = integers(
    [B * T],
    Array.from({ length: B * T }, (_, i) => at(B * T + i) % places),
  );
  // The reference's one-hot rows have two columns at least.
  if (places > 1)
    checkOnGpu(`${B} x ${T} ids with places`, EMBEDDING, { ids, tokens, positions, places: within }, sizes);
  checkOnGpu(`${B} x ${T} ids without positions`, EMBEDDING, { ids, tokens }, { ...sizes, places: 0 });
}

test.each([
  { B: 1, T: 1, V: 2, C: 3 },
  { B: 3, T: 65, V: 7, C: 127 },
  { B: 33, T: 40, V: 130, C: 8 },
  { B: 2, T: 600, V: 3001, C: 96 },
])('a table that is the classifier too, $B x $T ids of $V', async (sizes) => {
  await tf.setBackend('cpu');
  const want = await gradientsOf(byTwoWays, sizes);
  const gpu = await openGpu();
  const before = tf.memory().numTensors;
  const added = await gradientsOf(byTwoWays, sizes);
  for (const limit of [gpu.device.limits.maxStorageBufferBindingSize, 2 ** 20]) {
    const cap = capBindings(gpu.device, limit);
    const got = await gradientsOf(embeddingTied, sizes).finally(() => cap.undo());
    gpu.check();
    want.forEach((values, i) => expectClose(got[i]!, values, 1e-5, `gradient ${i}`));
    if (limit > 2 ** 20) expect(got, 'the bits of what the tape adds').toEqual(added);
  }
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});
