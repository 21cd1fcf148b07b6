/** The recipe of the flags of `grow`. */
import type { Power } from '../src/core/train/energy';
import { memoryLimits } from '../src/core/train/device';
import type { MemoryLimits } from '../src/core/train/memory';
import { formatCount } from '../src/core/base/units';
import type { BaseConfig } from '../src/core/models/spec';
import { type ObjectiveId, usualObjective } from '../src/core/objectives';
import { RECIPE, tokensPerStep, type Recipe } from '../src/core/train/recipe';
import type { ModelChoice } from '../src/core/train/run';
import { evalEveryOf } from './evalEvery';
import { settingsOf } from './fields';
import type { OPTIONS } from './growOptions';
import { type Beginning, rateOf, warmupOf } from './learningRate';
import type { Values } from './options';

export const objectiveAsked = ({ objective, model, pairs }: Values<typeof OPTIONS>, id = model): ObjectiveId =>
  objective ?? usualObjective(id, pairs !== undefined);

export const recipeOf = (options: Values<typeof OPTIONS>, model: ModelChoice, beginning: Beginning): Recipe => ({
  ...settingsOf(RECIPE, options),
  objective: objectiveAsked(options, model.id),
  evalEvery: evalEveryOf(options),
  warmup: warmupOf(options),
  learningRate: rateOf(options['learning-rate'], options.optimizer, model, beginning),
  recompute: false, // which is decided when the plan is known
});

/** `An update learns from 16,384 tokens: 256 rows of 64, in 4 micro-batches.` */
export function batchWords(recipe: Recipe, { context }: BaseConfig): string {
  const { batch, accumulate } = recipe;
  const parts = accumulate === 1 ? '' : `, in ${formatCount(accumulate)} micro-batches`;
  const rows = `${formatCount(batch * accumulate)} rows of ${formatCount(context)}`;
  return `Tokens per update: ${formatCount(tokensPerStep(recipe, context))}, ${rows}${parts}.`;
}

/** @param gigabytes `--memory`; 0: as the device reports */
export const limitsNow = (gigabytes: number): MemoryLimits => ({
  ...memoryLimits(),
  ...(gigabytes > 0 && { bound: 1e9 * gigabytes }),
});

/** `--watts` and `--price`. */
export const powerOf = ({ watts, price }: Values<typeof OPTIONS>): Power => ({
  ...(watts !== undefined && { watts }),
  price,
});
