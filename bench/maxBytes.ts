import { modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { modelOf, type Shape } from './step';

/** Maximum bytes of a step: weights, gradients, both moments and activations. */
export function maxBytes(shape: Shape): number {
  const { id, config, vocabulary } = modelOf(shape);
  const spec = modelSpec(id);
  const activations = spec.activationBytes(config, vocabulary, { batch: shape.batch, recompute: false });
  return 1.15 * (16 * countParams(spec.params(config, vocabulary)) + activations);
}
