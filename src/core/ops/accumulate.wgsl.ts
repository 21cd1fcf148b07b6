/** One dispatch for all tensors that lie side by side. What it leaves in the padding between them is never read. */
import type { Variable } from '@tensorflow/tfjs';
import { gathered, overRuns } from '../gpu/arena';
import { dispatch, kernels, row } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Accumulate } from './accumulate';

export const accumulateOnGpu: Accumulate = (into, gradients, factor) => {
  overRuns([into], (run, [a]) => dispatch(add(run.elements, factor), { a, g: gathered(gradients, run) }));
  into.forEach(forgetValues);
};

export const clearOnGpu = (kept: readonly Variable[]): void => {
  overRuns([kept], (run, [a]) => dispatch(zero(run.elements), { a }));
  kept.forEach(forgetValues);
};

const add = kernels((elements: number, factor: number) => ({
  name: 'accumulate',
  bindings: { a: ['update', 'f32'], g: ['read', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: row(Math.ceil(elements / 256)),
  body: `let i = index * 256u + lane; if (i < ${elements}u) { a[i] += ${factor} * g[i]; }`,
}));

const zero = kernels((elements: number) => ({
  name: 'clear',
  bindings: { a: ['write', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: row(Math.ceil(elements / 256)),
  body: `let i = index * 256u + lane; if (i < ${elements}u) { a[i] = 0.0; }`,
}));
