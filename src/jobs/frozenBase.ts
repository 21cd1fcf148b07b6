/** The frozen weights of a fine-tuned run, in the precision that they are stored in. */
import { withFrozenDtype, type Trainable } from '../core/adapters/trainable';
import { badSettings } from '../core/base/errors';
import { firstNonFinite, type NamedTensors } from '../core/checkpoint/tensors';
import { paramsOf } from '../core/models';
import type { ModelWithWeights } from './tuningStart';

/** @throws HomegrownError `bad-settings` if a weight exceeds f16, and as `partsOf` does */
export function frozenBase({ model, weights }: ModelWithWeights, trainable: Trainable | undefined): NamedTensors {
  if (!trainable) return weights;
  const base = withFrozenDtype(paramsOf(model), weights, trainable);
  const large = firstNonFinite(base);
  if (large === undefined) return base;
  throw badSettings(
    `${large} is above 65,504, the maximum of f16.`,
    'Nothing was started. Set the frozen-weight precision to f32.',
  );
}
