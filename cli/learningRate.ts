/** --learning-rate, whose default depends on the optimizer. */
import { DEFAULT_RECIPE, RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';

export function rateFlag() {
  const { min, max, initial } = RECIPE.learningRate;
  const help = `${helpOf(RECIPE.learningRate)}; other optimizers than ${DEFAULT_RECIPE.optimizer} have their own default`;
  return { kind: 'real', min, max, help, otherwise: String(initial) } as const;
}
