/** Products by a weight that rests in halves, in every op that takes one. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { checkOnGpu } from '../testing/checkOnGpu';
import { floats } from '../testing/checkOp';
import { FEED_FORWARD } from './feedForward';
import { packed, roundedToHalf } from './halves';
import { LINEAR } from './linear';
import { LOW_RANK } from './lowRank';
import { productBy } from './matmul.wgsl';
import type { Product } from './product.wgsl';
import { candidates, SLICED, SMALL } from './tiling';

beforeAll(openGpu);

/** A matrix as it rests. */
function halves(rows: number, columns: number, phase: number) {
  return { shape: [rows, columns / 2], data: packed(floats([rows, columns], 0.4, phase).data) };
}

for (const [N, I, O] of [
  [1, 4, 12],
  [65, 36, 132],
  [70, 64, 128],
] as const) {
  const x = floats([N, I]);
  const residual = floats([N, O], 1, 3);
  const bias = floats([O], 0.5, 2);
  const name = `of [${N}, ${I}] to ${O} by halves`;
  checkOnGpu(`linear ${name}`, LINEAR, { x, weight: halves(I, O, 1), bias, residual }, undefined);
  const pair = { down: floats([I, 3], 0.4, 4), up: floats([3, O], 0.4, 5) };
  checkOnGpu(`lowRank ${name}`, LOW_RANK, { x, weight: halves(I, O, 1), ...pair, bias, residual }, { scale: 2 });
  const after = { activation: 'silu', gated: true } as const;
  const wide = { x: floats([N, 2 * I]), weight: halves(I, O, 1), ...pair };
  checkOnGpu(`lowRank ${name}, after a gate`, LOW_RANK, wide, { scale: 2, after });
  const matrices = { inWeight: halves(I, 2 * O, 1), outWeight: halves(O, I, 2) };
  checkOnGpu(`feedForward ${name}`, FEED_FORWARD, { x, ...matrices, residual: floats([N, I], 1, 3) }, after);
}

test.each(Object.entries({ NN: {}, NT: { transposeB: true } }))(
  '%s by halves has the bits of one by the rounded numbers, by every tiling',
  async (_, flags) => {
    const gpu = await openGpu();
    const { broadcast } = candidates(gpu, 'NN small');
    const [M, N, K] = [35, 68, 132];
    const [a, b] = [floats([M * K]).data, floats([K * N], 1, 1).data];
    for (const tiling of [SMALL, SLICED, ...(broadcast ? [broadcast] : [])]) {
      const by = async (operand: tf.Tensor, p: Product) => {
        const c = emptyTensor([M * N], 'float32');
        dispatch(productBy(p, tiling), { a: tf.tensor1d(a), b: operand, c });
        return c.data<'float32'>();
      };
      const p = { M, N, K, ...flags };
      const got = await by(tf.tensor1d(packed(b), 'int32'), { ...p, halves: true });
      gpu.check();
      expect(got).toEqual(await by(tf.tensor1d(roundedToHalf(b)), p));
    }
  },
);
