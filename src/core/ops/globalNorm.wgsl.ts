import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { blocks, gathered, layout } from '../gpu/arena';
import { dispatch, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { sumOverWorkgroup } from './reduce.wgsl';

const THREADS = 256;
/** Partial sums of a run. */
const GROUPS = 256;

/** All tensors side by side, a part of the sum for each workgroup, then the sum of the parts. */
export function globalNormOnGpu(tensors: readonly Tensor[]): Scalar {
  const runs = layout(tensors.map(({ size }) => size));
  const norm = emptyTensor([], 'float32') as Scalar;
  const operands = runs.map((run) => gathered(tensors, run));
  tf.tidy(() => {
    const parts = emptyTensor([runs.length * GROUPS], 'float32');
    runs.forEach((run, i) => {
      const table = blocks(tensors, run, () => false);
      const into = { tensor: parts, from: i * GROUPS, length: GROUPS };
      dispatch(squares(run.elements), { x: operands[i]!, table, parts: into });
    });
    dispatch(root(parts.size), { parts, norm });
  });
  return norm;
}

const squares = kernels((elements: number) => ({
  name: 'globalNorm',
  bindings: { x: ['read', 'f32'], table: ['read', 'i32'], parts: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: [GROUPS, 1, 1] as const,
  globals: sumOverWorkgroup(THREADS),
  body: `
  var sum = 0.0;
  for (var i = index * ${THREADS}u + lane; i < ${elements}u; i += ${THREADS * GROUPS}u) {
    if (i % 64u < u32(table[i / 64u] & 127)) { sum += x[i] * x[i]; }
  }
  let all = reduce_sum(sum, lane);
  if (lane == 0u) { parts[index] = all; }`,
}));

const root = kernels((parts: number) => ({
  name: 'globalNorm, root',
  bindings: { parts: ['read', 'f32'], norm: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: [1, 1, 1] as const,
  globals: sumOverWorkgroup(THREADS),
  body: `
  var sum = 0.0;
  for (var i = lane; i < ${parts}u; i += ${THREADS}u) { sum += parts[i]; }
  let all = reduce_sum(sum, lane);
  if (lane == 0u) { norm[0] = sqrt(all); }`,
}));
