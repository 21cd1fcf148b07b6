import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, expectClose, floats, integers } from '../testing/checkOp';
import { centralDifference } from '../testing/finiteDifferences';
import { byTwoWays, gradientsOf, lossOf, tableOf } from '../testing/tiedTable';
import { HOST_BACKENDS } from '../testing/wasm';
import { EMBEDDING, embeddingTied } from './embedding';

// Ids that repeat, one that never occurs, and more places than tokens.
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
test('a table that is the classifier too has the gradient of both uses, against finite differences', async () => {
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
test.each(HOST_BACKENDS)('on %s it has the bits of what the tape adds, and leaves nothing behind', async (_, use) => {
  await use();
  const before = tf.memory().numTensors;
  expect(await gradientsOf(embeddingTied, sizes)).toEqual(await gradientsOf(byTwoWays, sizes));
  expect(tf.memory().numTensors).toBe(before);
});
