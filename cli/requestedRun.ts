/** Request for a run by the flags of grow and tune. */
import { flagOf } from '../src/core/base/field';
import { rolesOf } from '../src/core/objectives';
import { RECIPE, type Recipe } from '../src/core/train/recipe';
import { chosenObjective } from '../node/runs/newRecipe';
import type { RunRequest } from '../node/runs/runRequest';
import type { Tuning } from '../node/runs/tuning';
import { typedPairs } from './columns';
import { settingsOf } from './fields';
import { type OPTIONS, splitOf } from './growOptions';
import { shouldPlan } from './learnFlags';
import type { Options, Values } from './options';
import { configOf } from './sizeFlags';
import { tokenizerSettings } from './tokenizerFlags';

/**
 * @param given names of the flags that were typed
 * @throws UsageError; HomegrownError `bad-settings` if too much is held out
 */
export function requestedRun(
  options: Values<typeof OPTIONS>,
  given: ReadonlySet<string>,
  out: string,
  tuning?: Tuning,
): RunRequest {
  const { model: id, resume, from, pairs, minutes, memory } = options;
  const { context } = options as Values<Options>;
  const isNew = resume === undefined && from === undefined;
  const recipe = chosenRecipe(options, given);
  const files = {
    texts: options.text,
    pairs: pairs?.map(typedPairs),
    data: options.data,
    skipBadRows: options['skip-bad-rows'],
  };
  const roles = rolesOf(chosenObjective({ recipe, files, ...(tuning && { tuning }) }, { id }));
  return {
    ...{ out, resume, from, minutes, memory, tuning, recipe, files },
    cleaning: options.recipe,
    tokenizer: tokenizerSettings(options.tokenizer, options.special, roles),
    split: splitOf(options),
    model: isNew ? { id, config: configOf(id, options) } : undefined,
    context: context as number | undefined,
    recompute: given.has('recompute') ? options.recompute : undefined,
    batchTokens: options['batch-tokens'],
    isPlanned: shouldPlan(given) && !tuning && !pairs,
  };
}

/** Settings that were typed. Whether to recompute isn't known before the device is. */
export function chosenRecipe(options: Values<Options>, given: ReadonlySet<string>): Partial<Recipe> {
  const typed = Object.entries(settingsOf(RECIPE, options)).filter(([name]) => given.has(flagOf(name)));
  const { recompute: _, ...chosen } = Object.fromEntries(typed) as Partial<Recipe>;
  return chosen;
}
