/** Small runs that tune the last step of another run, called parent. */
import type { TuneInput } from '../protocol/gpu';
import { linearWeights, type Trainable } from '../core/adapters/trainable';
import { paramsOf } from '../core/models';
import type { ModelChoice } from '../core/models/network';
import type { Recipe } from '../core/train/recipe';
import type { Begin } from './smallRuns';

/** Recipe of the parent. */
export const PARENT = { steps: 10, warmup: 2 };
const RECIPE = { steps: 12, saveEvery: 4, evalEvery: 4, warmup: 2, learningRate: 0.01 };

/** LoRA on all matrices. */
export const loraOf = (model: ModelChoice, over: Partial<Trainable> = {}): Trainable => ({
  weights: [],
  adapter: {
    id: 'lora',
    settings: { rank: 2, alpha: 4, dropout: 0.1, rankStabilised: false },
    beside: linearWeights(paramsOf(model)),
  },
  ...over,
});

/** Tunes by LoRA, unless `more` says otherwise. @param of from `smallRuns` */
export function tuneInput(
  of: Begin,
  runId: string,
  recipe: Partial<Recipe> = {},
  more: Partial<TuneInput> = {},
): TuneInput {
  const { model, ...begin } = of(runId, { ...RECIPE, ...recipe });
  return { ...begin, from: { runId: 'parent', step: PARENT.steps }, trainable: loraOf(model), ...more };
}
