import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { expectClose, floats } from '../testing/checkOp';
import { startDawn } from '../testing/checkOnGpu';
import { type Product, tiled } from './matmul.wgsl';
import { LARGE, SMALL, SOFTWARE } from './tile';

startDawn();

/** A B by its definition, in f64. */
function product({ M, N, K, transposeA, transposeB }: Product, a: Float32Array, b: Float32Array): Float64Array {
  const c = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) {
        c[m * N + n]! += a[transposeA ? k * M + m : m * K + k]! * b[transposeB ? n * K + k : k * N + n]!;
      }
    }
  }
  return c;
}

const KINDS = { NN: {}, NT: { transposeB: true }, TN: { transposeA: true, columns: true, accumulate: true } };
const CASES = Object.entries({ SMALL, LARGE, SOFTWARE }).flatMap(([tileName, tile]) =>
  Object.entries(KINDS).map(([kind, flags]) => [tileName, kind, tile, flags] as const),
);
test.each(CASES)('tile %s, %s, sizes that divide nothing and sizes that divide all', async (_, __, tile, flags) => {
  const gpu = await openGpu();
  for (const [M, N, K] of [
    [67, 65, 33],
    [64, 128, 32],
  ] as const) {
    const p: Product = { M, N, K, ...flags };
    const [a, b] = [floats([M * K]).data, floats([K * N], 1, 1).data];
    const c = emptyTensor([M * N], 'float32');
    const columns = emptyTensor([N], 'float32');
    const kernel = tiled({ ...p, accumulate: false }, tile);
    dispatch(kernel, { a: tf.tensor1d(a), b: tf.tensor1d(b), c, columns });
    const want = product(p, a, b);
    expectClose(await c.data(), want, 1e-5, 'C');
    if (p.accumulate) {
      dispatch(tiled(p, tile), { a: tf.tensor1d(a), b: tf.tensor1d(b), c, columns });
      expectClose(
        await c.data(),
        want.map((x) => 2 * x),
        1e-5,
        'C, added to itself',
      );
      const sums = Float64Array.from({ length: N }, (_, n) => b.reduce((s, x, i) => (i % N === n ? s + x : s), 0));
      expectClose(await columns.data(), sums, 1e-5, 'sums of B');
    }
    gpu.check();
  }
  expect(gpu.adapter.name).not.toBe('');
});
