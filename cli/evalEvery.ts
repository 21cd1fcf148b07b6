/** --eval-every: with early stopping, often enough that a short run can end early. */
import { evalEveryFor } from '../src/core/train/patience';
import { RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';

const { min, max, initial } = RECIPE.evalEvery;

export const EVAL_EVERY = {
  kind: 'whole',
  ...{ min, max },
  help: helpOf(RECIPE.evalEvery),
  otherwise: `${initial}; with --patience at most a tenth of the steps`,
} as const;

/** The typed value, or the default, or less if --patience needs more evaluations. */
export function evalEveryOf(options: { 'eval-every': number | undefined; steps: number; patience: number }): number {
  const { 'eval-every': given, patience } = options;
  if (given !== undefined) return given;
  return patience === 0 ? initial : Math.min(initial, evalEveryFor(options));
}
