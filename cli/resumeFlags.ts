/** What flags may change when a run resumes. */
import { badSettings } from '../src/core/base/errors';
import { flagOf } from '../src/core/base/field';
import { formatCount } from '../src/core/base/units';
import { recipeOf } from '../src/core/runs/segments';
import { RECIPE, type Recipe as TrainRecipe } from '../src/core/train/recipe';
import type { DeviceKind } from '../src/core/train/run';
import { settingsOf } from './fields';
import { type Options, UsageError, type Values } from './options';
import type { SavedRun } from '../node/folders/savedRun';
import { sizeFlags } from './sizeFlags';

/** @throws UsageError if a flag would make it another run */
export function checkSettled(given: ReadonlySet<string>): void {
  const settled = [
    'recipe',
    'tokenizer',
    'special',
    'model',
    'held-out',
    'split-seed',
    'test-share',
    ...Object.keys(sizeFlags()),
    'objective',
    'optimizer',
  ];
  const flag = settled.find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} can't change when a run resumes. Remove it, or start a new run.`);
}

/**
 * The run's own recipe, with the flags that were typed.
 * @throws HomegrownError `bad-settings` if it has finished all steps
 */
export function recipeGoingOn(
  { folder, info }: SavedRun,
  typed: Values<Options>,
  given: ReadonlySet<string>,
): TrainRecipe {
  const settings = Object.entries(settingsOf(RECIPE, typed)).filter(([name]) => given.has(flagOf(name)));
  const { recompute, ...own } = recipeOf(info);
  const recipe: TrainRecipe = { ...own, ...Object.fromEntries(settings), recompute };
  const { step } = info.state;
  if (step < recipe.steps) return recipe;
  throw badSettings(
    `The run in ${folder} has already finished step ${formatCount(step)} of ${formatCount(recipe.steps)}.`,
    'Raise the total with --steps.',
  );
}

/** The device of the run, by `homegrown.json`. */
export function deviceOf({ info: { device } }: SavedRun): DeviceKind | 'auto' {
  if (device?.endsWith('WebGPU')) return 'webgpu';
  return device === 'WASM' ? 'wasm' : device === 'CPU' ? 'cpu' : 'auto';
}
