import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { BLOCK, blocks, contiguous, layout } from '../gpu/arena';
import { dispatch, inFours, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { sumOverWorkgroup } from './reduce.wgsl';

const THREADS = 64;

/** Partial sums of a run: a multiple of 64, so that each run's sums start at a valid binding offset. */
const groupsOf = (elements: number): number => BLOCK * Math.min(16, Math.ceil(elements / (BLOCK * THREADS * 16)));

/** Runs over contiguous tensors: each workgroup makes a partial sum, then one kernel sums those. */
export function globalNormOnGpu(tensors: readonly Tensor[]): Scalar {
  const runs = layout(tensors.map(({ size }) => size));
  const norm = emptyTensor([], 'float32') as Scalar;
  const operands = runs.map((run) => contiguous(tensors, run));
  const starts = runs.map((_, i) => runs.slice(0, i).reduce((n, { elements }) => n + groupsOf(elements), 0));
  tf.tidy(() => {
    const size = starts.at(-1)! + groupsOf(runs.at(-1)!.elements);
    const parts = emptyTensor([size], 'float32');
    runs.forEach((run, i) => {
      const table = blocks(tensors, run, () => false);
      const partsOfRun = { tensor: parts, from: starts[i]!, length: groupsOf(run.elements) };
      dispatch(squares(run.elements), { x: operands[i]!, table, parts: partsOfRun });
    });
    dispatch(root(size), { parts, norm });
  });
  return norm;
}

/** Ignores the padding between tensors, which may contain anything. */
const squares = kernels((elements: number) => {
  const groups = groupsOf(elements);
  const { type, width, count } = inFours(elements);
  return {
    name: 'globalNorm',
    bindings: {
      x: ['read', type],
      table: ['read', 'i32'],
      parts: ['write', 'f32'],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: [groups, 1, 1] as const,
    globals: `var<workgroup> sums: array<f32, ${THREADS}>;`,
    body: `
  var sum = 0.0;
  for (var i = index * ${THREADS}u + lane; i < ${count}u; i += ${THREADS * groups}u) {
    let left = table[i / ${BLOCK / width}u] - i32(${width}u * (i % ${BLOCK / width}u));
    let v = x[i];
    sum += ${
      width === 4
        ? 'select(select(0.0, v.x * v.x, left > 0) + select(0.0, v.y * v.y, left > 1) + select(0.0, v.z * v.z, left > 2), dot(v, v), left > 3)'
        : 'select(0.0, v * v, left > 0)'
    };
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var i = 1u; i < ${THREADS}u; i++) { sum += sums[i]; }
  parts[index] = sum;`,
  };
});

const root = kernels((parts: number) => ({
  name: 'globalNorm, root',
  bindings: { parts: ['read', 'f32'], norm: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: [1, 1, 1] as const,
  globals: sumOverWorkgroup(THREADS),
  body: `
  var sum = 0.0;
  for (var i = lane; i < ${parts}u; i += ${THREADS}u) { sum += parts[i]; }
  let all = reduce_sum(sum, lane, zero);
  if (lane == 0u) { norm[0] = sqrt(all); }`,
}));
