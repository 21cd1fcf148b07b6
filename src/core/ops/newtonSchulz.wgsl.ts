/**
 * Newton-Schulz on the GPU for many matrices of one shape at once: three products per iteration for any number of them.
 *
 * The kernels skip the term `a X`: with X = s Z, where s grows by `a` each iteration, Z <- Z + (b / a) (A + (c / b) A
 * A) Z, a product with a residual. The caller multiplies Z by the last s.
 */
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { product } from './matmul.wgsl';
import { NORM_EPSILON, QUINTIC, STEPS } from './newtonSchulz';
import { strideOf } from './product.wgsl';
import { sumOverWorkgroup } from './reduce.wgsl';

interface Stack {
  rows: number;
  columns: number;
  /** Number of matrices. */
  count: number;
}
export const elementsOf = ({ rows, columns, count }: Stack): number => count * strideOf(rows, columns);

/** Factor from the output to the orthogonal matrices. */
export const OUTPUT_SCALE = QUINTIC.a ** STEPS;

/** Changes `u` in place; its matrices start at multiples of 64. */
export function newtonSchulzOnGpu(u: Tensor, stack: Stack): Tensor {
  const { rows, columns, count } = stack;
  const { a, b, c } = QUINTIC;
  const isTall = rows > columns;
  const side = Math.min(rows, columns);
  const square = { rows: side, columns: side, count };
  const squareProduct = { M: side, N: side, count };
  dispatch(normalize(stack), { x: u });
  return tf.tidy(() => {
    let z = u;
    for (let step = 0; step < STEPS; step++) {
      const gram = matrices(square);
      const scale = a ** (2 * step);
      const transposed = isTall ? { transposeA: true } : { transposeB: true };
      dispatch(product({ ...squareProduct, K: Math.max(rows, columns), ...transposed, scale }), {
        a: z,
        b: z,
        c: gram,
      });
      const polynomial = matrices(square);
      const inner = product({ ...squareProduct, K: side, scale: c / b, residual: true });
      dispatch(inner, { a: gram, b: gram, residual: gram, c: polynomial });
      const next = matrices(stack);
      const outer = product({ M: rows, N: columns, K: side, scale: b / a, residual: true, count });
      dispatch(outer, { ...(isTall ? { a: z, b: polynomial } : { a: polynomial, b: z }), residual: z, c: next });
      z = next;
    }
    return z;
  });
}

const matrices = (stack: Stack): Tensor => emptyTensor([elementsOf(stack)], 'float32');

/** Divides each matrix by its norm, one workgroup each. */
const normalize = kernels(({ rows, columns, count }: Stack) => ({
  name: 'newtonSchulz, norm',
  bindings: { x: ['update', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: [count, 1, 1] as const,
  globals: sumOverWorkgroup(THREADS),
  body: `
  let first = group.x * ${strideOf(rows, columns)}u;
  var sum = 0.0;
  for (var i = lane; i < ${rows * columns}u; i += ${THREADS}u) { sum += x[first + i] * x[first + i]; }
  let scale = 1.0 / (sqrt(reduce_sum(sum, lane, zero)) + ${NORM_EPSILON});
  for (var i = lane; i < ${rows * columns}u; i += ${THREADS}u) { x[first + i] *= scale; }`,
}));
const THREADS = 256;
