/** One dispatch for all tensors that lie side by side. What it leaves in the padding between them is never read. */
import type { Variable } from '@tensorflow/tfjs';
import { gathered, overRuns } from '../gpu/arena';
import { dispatch, kernels } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Accumulate } from './accumulate';
import { overElements, unit } from './update.wgsl';

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
  bindings: { a: ['update', unit(elements)], g: ['read', unit(elements)] } as const,
  ...overElements(elements, `a[i] += ${factor} * g[i];`),
}));

const zero = kernels((elements: number) => ({
  name: 'clear',
  bindings: { a: ['write', unit(elements)] } as const,
  ...overElements(elements, `a[i] = ${unit(elements)}();`),
}));
