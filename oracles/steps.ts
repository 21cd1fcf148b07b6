/**
 * Training steps of an encoder on given rows, for ours.ts: the losses before each update.
 *
 *     "recipe": settings unlike the default; "steps": of each, rows of tokens, and [place, target] pairs of each row
 */
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import type { ModelChoice } from '../src/core/models/network';
import { usualObjective } from '../src/core/objectives';
import { learner } from '../src/core/train/learner';
import { DEFAULT_RECIPE, type Recipe } from '../src/core/train/recipe';

export interface Steps {
  recipe: Partial<Recipe>;
  steps: readonly {
    rows: readonly (readonly number[])[];
    hidden: readonly (readonly (readonly [place: number, target: number])[])[];
  }[];
}

export async function lossesOf(model: ModelChoice, values: NamedTensors, { recipe, steps }: Steps): Promise<number[]> {
  const own = { ...DEFAULT_RECIPE, objective: usualObjective(model.id), batch: steps[0]!.rows.length, ...recipe };
  const learning = await learner(model, own, values, () => 0);
  const { context } = model.config;
  const max = learning.objective.inputs(own.batch, context)['places']!.shape[0]! / own.batch;
  const losses: number[] = [];
  for (const [i, { rows, hidden }] of steps.entries()) {
    const places = new Int32Array(own.batch * max);
    const targets = new Int32Array(own.batch * max).fill(-1);
    for (const [row, pairs] of hidden.entries()) {
      for (const [at, [place, target]] of pairs.entries()) {
        places[row * max + at] = row * context + place;
        targets[row * max + at] = target;
      }
    }
    const arrays = { ids: Int32Array.from(rows.flat()), places, targets };
    losses.push((await learning.step(i + 1, { arrays, weight: hidden.flat().length })).loss);
  }
  learning.dispose();
  return losses;
}
