import { formatCount } from '../base/units';
import { isRecipeKnown, recipeOf } from '../runs/segments';
import type { RunInfo } from './homegrownJson';

/** Returns a model's name, with its step if more steps were planned: `moby-dick-1, step 1 of 1,782`. */
export function modelTitle(info: RunInfo): string {
  const { name, state } = info;
  const { steps } = recipeOf(info);
  const isEarly = state.step < steps && isRecipeKnown({ ...info, step: state.step });
  return isEarly ? `${name}, step ${formatCount(state.step)} of ${formatCount(steps)}` : name;
}
