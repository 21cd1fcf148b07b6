import { objectiveOf } from '../objectives';
import { trainingPlace } from '../objectives/windows';
import { learner } from './learner';
import type { TrainInput } from './run';
import { startingValues } from './start';

/**
 * Milliseconds that a step of a run takes on the device in use: the faster of two real ones, after one that warms up. Of the
 * weights that they change nothing stays.
 */
export async function trialStep(
  input: Pick<TrainInput, 'model' | 'recipe' | 'tokenizer' | 'train' | 'now'>,
): Promise<number> {
  const { model, recipe, tokenizer, train, now } = input;
  const objective = objectiveOf(recipe.objective);
  const learning = await learner(model, recipe, startingValues(input), now);
  try {
    await learning.prepare();
    const times: number[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const sizes = { seed: recipe.seed, step, rows: recipe.batch * recipe.accumulate, context: model.config.context };
      const batch = await objective.batch(train, trainingPlace(train, objective, sizes), tokenizer);
      const began = now();
      await learning.step(step, batch);
      times.push(now() - began);
    }
    return Math.min(...times.slice(1));
  } finally {
    learning.dispose();
  }
}
const STEPS = 3;
