import type { Trainable } from '../core/adapters/trainable';
import type { DataRecord } from '../core/runs/project';
import type { MemoryLimits } from '../core/train/memory';
import { problems, rejectProblems } from '../core/train/problems';
import type { Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';

interface RunToCheck {
  model: ModelChoice;
  recipe: Recipe;
  data: DataRecord;
  /** Trainable part of the model; absent: all weights. */
  trainable?: Trainable | undefined;
}

/** @throws HomegrownError `bad-settings` if the run can't be trained on its data */
export const checkRun = ({ model, recipe, data, trainable }: RunToCheck, limits: MemoryLimits): void =>
  rejectProblems(problems(model, recipe, tokensOfParts(data), limits, trainable));

/** Number of tokens in each set. */
export function tokensOfParts({ manifest }: DataRecord): { train: number; validation: number } {
  const { train, validation } = manifest.parts;
  return { train: train.tokens, validation: validation.tokens };
}
