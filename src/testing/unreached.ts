/** A step on a network whose loss reaches only the embedding. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { modelSpec } from '../core/models';
import type { Network } from '../core/models/network';
import { loadObjective } from '../core/objectives';
import { causalBatch } from '../core/objectives/causal';
import { embeddingTied } from '../core/ops/embedding';
import { openOptimizer } from '../core/train/optimizerState';
import type { Recipe } from '../core/train/recipe';
import { updater } from '../core/train/updater';
import { expectClose } from './checkOp';

/** Takes a step: trains the embedding, and changes other weights only by weight decay. */
export async function expectOnlyDecay(whole: Network, recipe: Recipe): Promise<void> {
  const { id, config, vocabulary } = whole.choice;
  const table = modelSpec(id).params(config, vocabulary);
  const tied = modelSpec(id).classifier(config);
  const part: Network = {
    ...whole,
    forward(ids) {
      const [hidden, classifier] = embeddingTied(ids, whole.params[tied] as unknown as Tensor2D);
      return { hidden, classifier };
    },
  };
  const weights = Object.entries(part.params);
  const optimizer = await openOptimizer(recipe.optimizer, part.params);
  const values = async () =>
    new Map(await Promise.all(weights.map(async ([name, w]) => [name, Float32Array.from(await w.data())] as const)));

  const before = await values();
  const updates = updater(
    part,
    await loadObjective(recipe.objective),
    optimizer,
    { ...recipe, warmup: 0, schedule: 'constant', weightDecay: 0.5 },
    () => 0,
  );
  const n = recipe.batch * recipe.accumulate * config.context;
  const { loss } = await updates.step(
    1,
    causalBatch(
      new Int32Array(n).map((_, i) => i % 5),
      new Int32Array(n).map((_, i) => i % 7),
    ),
  );
  expect(loss).toBeGreaterThan(0);
  const after = await values();
  for (const [name] of weights) {
    if (name === tied) {
      expect(after.get(name)).not.toEqual(before.get(name));
      continue;
    }
    const decayFactor = table[name]!.decay ? 1 - recipe.learningRate * 0.5 : 1;
    expectClose(
      after.get(name)!,
      before.get(name)!.map((x) => x * decayFactor),
      1e-6,
      name,
    );
  }
  for (const disposable of [updates, optimizer]) disposable.dispose();
}
