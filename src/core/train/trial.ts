import { stepBatch } from '../objectives/batch';
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
  const learning = await learner(model, recipe, startingValues(input), now);
  try {
    await learning.prepare();
    const batches = await learning.objective.batches(train, model.config.context, tokenizer);
    const times: number[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const batch = await stepBatch(batches, recipe, step);
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
