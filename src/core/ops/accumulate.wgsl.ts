/** Dispatches once for all contiguous tensors. The padding between them is never read. */
import type { Variable } from '@tensorflow/tfjs';
import { contiguous, overRuns } from '../gpu/arena';
import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Accumulate } from './accumulate';

export const accumulateOnGpu: Accumulate = (sums, gradients) => {
  overRuns([sums], (run, [a]) => dispatch(add(run.elements), { a, g: contiguous(gradients, run) }));
  sums.forEach(forgetValues);
};

export const clearOnGpu = (sums: readonly Variable[]): void => {
  overRuns([sums], (run, [a]) => dispatch(zero(run.elements), { a }));
  sums.forEach(forgetValues);
};

const add = kernels((elements: number) => {
  const { type, count } = inFours(elements);
  return {
    name: 'accumulate',
    bindings: { a: ['update', type], g: ['read', type] } as const,
    ...overElements(count, 'a[i] += g[i];'),
  };
});

const zero = kernels((elements: number) => {
  const { type, count } = inFours(elements);
  return {
    name: 'clear',
    bindings: { a: ['write', type] } as const,
    ...overElements(count, `a[i] = ${type}();`),
  };
});
