import { stepBatch } from '../objectives/batch';
import { learner } from './learner';
import type { TrainInput } from './run';
import { startingValues } from './start';

/**
 * Measures the milliseconds per step on the current device: the faster of two real steps, after one to warm up.
 * Discards the changed weights.
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
      const startMs = now();
      await learning.step(step, batch);
      times.push(now() - startMs);
    }
    return Math.min(...times.slice(1));
  } finally {
    learning.dispose();
  }
}
const STEPS = 3;
