import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, expectClose, floats, integers } from '../../testing/checkOp';
import { centralDifference } from '../../testing/finiteDifferences';
import { byTwoWays, gradientsOf, lossOf, tableOf } from '../../testing/tiedTable';
import { HOST_BACKENDS } from '../../testing/wasm';
import { EMBEDDING, embeddingTied } from './embedding';
import { stream } from '../base/rng';
import { openGpu } from '../gpu/backend';
import { capBindings } from '../../testing/dawn';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  // Repeated ids, an id that never occurs, and more positions than tokens.
  const ids = integers([2, 3], [4, 0, 4, 1, 4, 3]);
  checkOp('embedding', EMBEDDING, { ids, tokens: floats([5, 3]) }, { vocabulary: 5, places: 0 });
  checkOp(
    'embedding with positions',
    EMBEDDING,
    { ids, tokens: floats([5, 3]), positions: floats([4, 3], 1, 1) },
    { vocabulary: 5, places: 4 },
  );

  checkOp(
    'embedding with positions of documents in rows',
    EMBEDDING,
    {
      ids: integers([2, 5], [4, 0, 4, 1, 4, 3, 3, 0, 1, 1]),
      tokens: floats([5, 3]),
      positions: floats([4, 3], 1, 1),
      places: integers([10], [0, 1, 0, 1, 2, 0, 0, 0, 1, 0]),
    },
    { vocabulary: 5, places: 4 },
  );

  const sizes = { B: 2, T: 4, V: 9, C: 3 };
  test('a tied table gets the gradient of both uses, compared to finite differences', async () => {
    await tf.setBackend('cpu');
    const [, ofTable, ofPositions] = await gradientsOf(embeddingTied, sizes);
    const { table, positions } = tableOf(sizes);
    const moved = (values: Float32Array, i: number) => (h: number) => {
      const at = values[i]!;
      values[i]! += h;
      const loss = tf.tidy(() => {
        const [a, b] = [tf.tensor2d(table, [9, 3]), tf.tensor2d(positions, [4, 3])];
        return lossOf(embeddingTied, sizes, a, b).dataSync<'float32'>()[0]!;
      });
      values[i] = at;
      return loss;
    };
    for (const [got, values, what] of [
      [ofTable!, table, 'table'],
      [ofPositions!, positions, 'positions'],
    ] as const) {
      const want = values.map((_, i) => centralDifference(moved(values, i), 0.04));
      expectClose(got, want, 3e-4, what);
    }
  });
  test.each(HOST_BACKENDS)("on %s gives the bits of the tape's sum, without leaks", async (_, use) => {
    await use();
    const before = tf.memory().numTensors;
    expect(await gradientsOf(embeddingTied, sizes)).toEqual(await gradientsOf(byTwoWays, sizes));
    expect(tf.memory().numTensors).toBe(before);
  });
});

onGpu(() => {
  for (const [B, T, V, C, places] of [
    [1, 1, 2, 3, 1],
    [1, 3, 4, 5, 3],
    [1, 65, 9, 12, 70],
    [1, 127, 40, 3, 127],
    [3, 65, 7, 127, 65],
    [33, 40, 130, 8, 48],
    [100, 70, 5, 3, 70],
  ] as const) {
    const at = stream(V, 'ids', 0);
    const ids = integers(
      [B, T],
      Array.from({ length: B * T }, (_, i) => at(i) % V),
    );
    const tokens = floats([V, C]);
    const positions = floats([places, C], 1, 1);
    const sizes = { vocabulary: V, places };
    checkOp(`embedding of ${B} x ${T} ids of ${V}`, EMBEDDING, { ids, tokens, positions }, sizes);
    const within = integers(
      [B * T],
      Array.from({ length: B * T }, (_, i) => at(B * T + i) % places),
    );
    // The reference's one-hot needs at least two columns.
    if (places > 1)
      checkOp(`${B} x ${T} ids with places`, EMBEDDING, { ids, tokens, positions, places: within }, sizes);
    checkOp(`${B} x ${T} ids without positions`, EMBEDDING, { ids, tokens }, { ...sizes, places: 0 });
  }

  test.each([
    { B: 1, T: 1, V: 2, C: 3 },
    { B: 3, T: 65, V: 7, C: 127 },
    { B: 33, T: 40, V: 130, C: 8 },
    { B: 2, T: 600, V: 3001, C: 96 },
  ])('a tied table, $B x $T ids of $V', async (sizes) => {
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
});
