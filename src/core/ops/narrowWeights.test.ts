/** Tests products with a frozen weight in fewer bytes, in every op that takes one. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type NarrowDtype, NARROW_DTYPES, rounded } from '../base/narrowDtype';
import { checkOp, floats } from '../../testing/checkOp';
import { LINEAR } from './linear';
import { packed, narrowDtypeOf, sizesOf, widened } from './narrowWeights';
import { openGpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { FEED_FORWARD } from './feedForward';
import { LOW_RANK } from './lowRank';
import { productBy } from './matmul.wgsl';
import type { Product } from './product.wgsl';
import { candidates, SLICED, SMALL } from './tiling';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  beforeAll(() => tf.setBackend('cpu'));

  const matrix = floats([4, 64], 0.4);

  test.each(['f16', 'q8'] as const)('a matrix in %s equals the rounded numbers, stored as integers', (rest) => {
    tf.tidy(() => {
      const { shape, data } = packed(matrix, rest);
      const weight = tf.tensor(data, shape, 'int32') as unknown as tf.Tensor2D;
      expect([narrowDtypeOf(weight), sizesOf(weight)]).toEqual([rest, [4, 64]]);
      expect(widened(weight).dataSync()).toEqual(rounded(matrix.data, rest));
      const whole = tf.tensor2d(matrix.data, [4, 64]);
      expect([narrowDtypeOf(whole), sizesOf(whole), widened(whole)]).toEqual([undefined, [4, 64], whole]);
    });
  });

  for (const rest of ['f16', 'q8'] as const) {
    const weight = packed(matrix, rest);
    checkOp(`linear by a weight in ${rest}`, LINEAR, { x: floats([3, 4]), weight }, undefined);
  }
});

onGpu(() => {
  beforeAll(openGpu);

  /** Rows, inner and outer columns: multiples of four, and of a block. */
  const SIZES = {
    f16: [
      [1, 4, 12],
      [65, 36, 132],
      [70, 64, 128],
    ],
    q8: [
      [1, 32, 64],
      [65, 96, 160],
      [70, 64, 128],
    ],
  } as const;

  for (const rest of NARROW_DTYPES) {
    const resting = (rows: number, columns: number, phase: number) => packed(floats([rows, columns], 0.4, phase), rest);
    for (const [N, I, O] of SIZES[rest]) {
      const x = floats([N, I]);
      const residual = floats([N, O], 1, 3);
      const bias = floats([O], 0.5, 2);
      const name = `of [${N}, ${I}] to ${O} by ${rest}`;
      checkOp(`linear ${name}`, LINEAR, { x, weight: resting(I, O, 1), bias, residual }, undefined);
      const pair = { down: floats([I, 3], 0.4, 4), up: floats([3, O], 0.4, 5) };
      checkOp(`lowRank ${name}`, LOW_RANK, { x, weight: resting(I, O, 1), ...pair, bias, residual }, { scale: 2 });
      const after = { activation: 'silu', gated: true } as const;
      const wide = { x: floats([N, 2 * I]), weight: resting(I, O, 1), ...pair };
      checkOp(`lowRank ${name}, after a gate`, LOW_RANK, wide, { scale: 2, after });
      const matrices = { inWeight: resting(I, 2 * O, 1), outWeight: resting(O, I, 2) };
      checkOp(`feedForward ${name}`, FEED_FORWARD, { x, ...matrices, residual: floats([N, I], 1, 3) }, after);
    }
  }

  const WAYS = NARROW_DTYPES.flatMap((rest) =>
    [{}, { transposeB: true }].map((flags) => [rest, 'transposeB' in flags ? 'NT' : 'NN', flags] as const),
  );
  test.each(WAYS)(
    "by %s, %s, a product has the bits of the rounded weight's product, by every tiling",
    async (rest: NarrowDtype, _, flags) => {
      const gpu = await openGpu();
      const { broadcast } = candidates(gpu, 'NN small');
      const [M, N, K] = rest === 'q8' ? [35, 96, 160] : [35, 68, 132];
      const columns = 'transposeB' in flags ? K : N;
      const [a, b] = [floats([M * K]).data, floats([K * N], 1, 1).data];
      for (const tiling of [SMALL, SLICED, ...(broadcast ? [broadcast] : [])]) {
        const by = async (operand: tf.Tensor, p: Product) => {
          const c = emptyTensor([M * N], 'float32');
          dispatch(productBy(p, tiling), { a: tf.tensor1d(a), b: operand, c });
          return c.data<'float32'>();
        };
        const p = { M, N, K, ...flags };
        const { data } = packed({ shape: [(K * N) / columns, columns], data: b }, rest);
        const got = await by(tf.tensor1d(data, 'int32'), { ...p, rest });
        gpu.check();
        expect(got).toEqual(await by(tf.tensor1d(rounded(b, rest)), p));
      }
    },
  );
});
