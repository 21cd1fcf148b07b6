/** --eval-every: with early stopping, often enough that a short run can end early. */
import { RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';

const { min, max, initial } = RECIPE.evalEvery;

export const EVAL_EVERY = {
  kind: 'whole',
  ...{ min, max },
  help: helpOf(RECIPE.evalEvery),
  otherwise: `${initial}; with --patience at most a tenth of the steps`,
} as const;
