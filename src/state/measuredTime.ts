/** Expected times by runs of the same model that trained on this device before: what a step took there. */
import { recipeOf } from '../core/runs/segments';
import type { RunRow } from '../core/runs/rows';
import type { Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';
import { type DeviceInfo, recordedDevice } from '../protocol/gpu';

/** Steps that say something: the first ones prepare the device. */
const MIN_STEPS = 20;

/**
 * Seconds of a whole run, with its evaluations; undefined if no such run trained here. The vocabulary may differ: a tokenizer that
 * is made of the texts gets fewer entries than were asked for, and a classifier scores labels alone.
 */
export function measuredSeconds(
  runs: readonly RunRow[] | null,
  model: ModelChoice,
  recipe: Recipe,
  device: Pick<DeviceInfo, 'kind' | 'name'>,
): number | undefined {
  const [wanted, here] = [costKey(model, recipe), recordedDevice(device)];
  for (const { record, curve } of runs ?? []) {
    if (record.device !== here || costKey(record.model, recipeOf(record)) !== wanted) continue;
    const [step, ms] = [curve?.training.step.at(-1), curve?.training.ms.at(-1)];
    if (step !== undefined && ms !== undefined && step >= MIN_STEPS) return (recipe.steps * ms) / (1000 * step);
  }
  return undefined;
}

/** What the time of a step depends on. */
function costKey({ id, config }: ModelChoice, { batch, accumulate, recompute, optimizer }: Recipe): string {
  const { classes, ...shape } = config;
  const sizes = Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([id, sizes, classes !== undefined, batch, accumulate, recompute, optimizer]);
}
