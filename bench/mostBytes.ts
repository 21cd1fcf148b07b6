import { modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import type { Shape } from './step';

/** What a step may take: weights, gradients and both moments; activations; one block of logits. */
export function mostBytes({ vocabulary: V, batch, context: T, width: C, layers: L, heads }: Shape): number {
  const parameters = countParams(modelSpec('gpt').params({ layers: L, width: C, heads, context: T }, V));
  return 1.15 * (16 * parameters + 4 * batch * T * (18 * C * L + 4 * C) + 4 * batch * T * V);
}
