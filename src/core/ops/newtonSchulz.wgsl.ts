/**
 * Newton-Schulz on the GPU, for many matrices of one shape at once: three products a step, whatever their number.
 *
 * What `a X` would take is left out: with X = s Z and s growing by `a` a step it is Z <- Z + (b / a) (A + (c / b) A A) Z, which
 * is what a product with a residual makes. The last s is for whoever reads Z.
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
  /** How many of them. */
  count: number;
}
export const elementsOf = ({ rows, columns, count }: Stack): number => count * strideOf(rows, columns);

/** The orthogonal matrices are this many times those that come out. */
export const GROWN = QUINTIC.a ** STEPS;

/** `u` is changed in place; matrices in it begin at multiples of 64. */
export function newtonSchulzOnGpu(u: Tensor, stack: Stack): Tensor {
  const { rows, columns, count } = stack;
  const { a, b, c } = QUINTIC;
  const isTall = rows > columns;
  const side = Math.min(rows, columns);
  const square = { rows: side, columns: side, count };
  const ofSquares = { M: side, N: side, count };
  dispatch(normalised(stack), { x: u });
  return tf.tidy(() => {
    let z = u;
    for (let step = 0; step < STEPS; step++) {
      const gram = matrices(square);
      const scale = a ** (2 * step);
      const turned = isTall ? { transposeA: true } : { transposeB: true };
      dispatch(product({ ...ofSquares, K: Math.max(rows, columns), ...turned, scale }), { a: z, b: z, c: gram });
      const steep = matrices(square);
      const inner = product({ ...ofSquares, K: side, scale: c / b, residual: true });
      dispatch(inner, { a: gram, b: gram, residual: gram, c: steep });
      const next = matrices(stack);
      const outer = product({ M: rows, N: columns, K: side, scale: b / a, residual: true, count });
      dispatch(outer, { ...(isTall ? { a: z, b: steep } : { a: steep, b: z }), residual: z, c: next });
      z = next;
    }
    return z;
  });
}

const matrices = (stack: Stack): Tensor => emptyTensor([elementsOf(stack)], 'float32');

/** Each divided by its norm, by a workgroup. */
const normalised = kernels(({ rows, columns, count }: Stack) => ({
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
