import { overRuns } from '../gpu/arena';
import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
import { forgetValues } from '../gpu/tfjs';
import type { Average } from './average';

/** Dispatches once if weights and averages are contiguous, else once per tensor. Padding may contain anything. */
export const averageOnGpu: Average = (averages, weights, keep) => {
  overRuns([averages, weights], ({ elements }, [e, w]) => dispatch(kernel(elements), { e, w, keep }));
  for (const each of averages) forgetValues(each);
};

const kernel = kernels((elements: number) => {
  const { type, count } = inFours(elements);
  return {
    name: 'average',
    bindings: { e: ['update', type], w: ['read', type], keep: ['read', 'f32'] } as const,
    ...overElements(count, 'e[i] = keep[0] * e[i] + (1.0 - keep[0]) * w[i];'),
  };
});
