/** Trains a few steps without saves and samples, and returns the final loss. */
import type { Trainable } from '../core/adapters/trainable';
import type { NamedTensors } from '../core/checkpoint/tensors';
import { evaluator } from '../core/evaluate/evaluator';
import type { ModelChoice } from '../core/models/network';
import { stepBatch } from '../core/objectives/batch';
import type { TokenSource } from '../core/shards/manifest';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { learner } from '../core/train/learner';
import type { Recipe } from '../core/train/recipe';
import { startingValues } from '../core/train/start';

interface ShortRun {
  model: ModelChoice;
  tokenizer: Tokenizer;
  train: TokenSource;
  validation: TokenSource;
  weights: NamedTensors;
}

/**
 * @param tokens maximum validation tokens for the loss
 * @returns the loss in nats per token, null if the run diverged, and the trained weights
 */
export async function shortRun(
  { model, tokenizer, train, validation, weights }: ShortRun,
  recipe: Recipe,
  trainable?: Trainable,
  tokens = 4096,
): Promise<{ loss: number | null; weights: NamedTensors }> {
  const start = { model, recipe, base: weights, ...(trainable && { trainable }) };
  const learning = await learner(model, recipe, startingValues(start), () => performance.now(), trainable);
  const evaluating = evaluator(learning.network, learning.objective);
  try {
    await learning.prepare(() => undefined);
    const batches = await learning.objective.batches(train, model.config.context, tokenizer);
    for (let step = 1; step <= recipe.steps; step++) {
      const { loss, gradientNorm } = await learning.step(step, await stepBatch(batches, recipe, step));
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return { loss: null, weights };
    }
    const { loss } = await evaluating.measure(validation, { rows: 4, tokens }, tokenizer);
    return { loss: Number.isFinite(loss) ? loss : null, weights: await learning.weights() };
  } finally {
    evaluating.dispose();
    learning.dispose();
  }
}
