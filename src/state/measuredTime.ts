/** Expected times from measured step times of earlier runs of the same model on this device. */
import { recipeOf } from '../core/runs/segments';
import type { RunRow } from '../core/runs/rows';
import type { Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';
import { type DeviceInfo, recordedDevice } from '../protocol/gpu';

/** Minimum number of steps for an estimate: the first ones include device setup. */
const MIN_STEPS = 20;

/**
 * Seconds of a whole run, with evaluations; undefined without such a run on this device. The vocabulary may differ: BPE
 * may find fewer entries in the texts, and a classifier scores only labels.
 */
export function measuredSeconds(
  runs: readonly RunRow[] | null,
  model: ModelChoice,
  recipe: Recipe,
  device: Pick<DeviceInfo, 'kind' | 'name'>,
): number | undefined {
  const key = costKey(model, recipe);
  const deviceName = recordedDevice(device);
  for (const { record, curve } of runs ?? []) {
    if (record.device !== deviceName || costKey(record.model, recipeOf(record)) !== key) continue;
    const [step, ms] = [curve?.training.step.at(-1), curve?.training.ms.at(-1)];
    if (step !== undefined && ms !== undefined && step >= MIN_STEPS) return (recipe.steps * ms) / (1000 * step);
  }
  return undefined;
}

/** Key of all settings that determine the step time. */
function costKey({ id, config }: ModelChoice, { batch, accumulate, recompute, optimizer }: Recipe): string {
  const { classes, ...shape } = config;
  const sizes = Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([id, sizes, classes !== undefined, batch, accumulate, recompute, optimizer]);
}
