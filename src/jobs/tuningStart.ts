/** The weights that a fine-tuned run starts from. */
import { layerOf } from '../core/adapters/trainable';
import { badSettings } from '../core/base/errors';
import type { NamedTensors } from '../core/checkpoint/tensors';
import { modelSpec } from '../core/models';
import { headOf, withClasses, withHead } from '../core/models/classes';
import type { ModelChoice } from '../core/models/network';
import type { Classes } from '../core/models/spec';

export interface ModelWithWeights {
  model: ModelChoice;
  weights: NamedTensors;
}

/**
 * Returns the base itself, or for `classes` a classifier on the base's body. The head of a base that is a classifier is kept by
 * label; every other label gets random weights by `seed`.
 * @throws HomegrownError `bad-settings` if the base is a classifier and the run needs token scores
 */
export function tuningStart(base: ModelWithWeights, classes: Classes | undefined, seed: number): ModelWithWeights {
  if (!classes) {
    if (!base.model.config.classes) return base;
    throw badSettings(
      'The base model is a classifier, which can’t generate text.',
      'Nothing was started. Fine-tune the model that it was trained from.',
    );
  }
  const model = withClasses(base.model, classes);
  const weights = withHead(model, base.weights, seed);
  return { model, weights: base.model.config.classes ? withKeptHead(base, { model, weights }) : weights };
}

/** Copies the base's head. Its last layer has a row per label, which moves to the label's new place. */
function withKeptHead(base: ModelWithWeights, { model, weights }: ModelWithWeights): NamedTensors {
  const oldLabels = base.model.config.classes!.labels;
  const { labels } = model.config.classes!;
  const scoreLayer = layerOf(modelSpec(model.id).classifier(model.config));
  const head = headOf(model);
  return new Map(
    [...weights].map(([name, tensor]) => {
      const oldTensor = base.weights.get(name);
      if (!Object.hasOwn(head, name) || !oldTensor) return [name, tensor];
      if (layerOf(name) !== scoreLayer && name !== `${scoreLayer}.bias`) return [name, oldTensor];
      const rowSize = tensor.data.length / labels.length;
      const data = tensor.data.slice();
      for (const [row, label] of labels.entries()) {
        const oldRow = oldLabels.indexOf(label);
        if (oldRow >= 0) data.set(oldTensor.data.subarray(oldRow * rowSize, (oldRow + 1) * rowSize), row * rowSize);
      }
      return [name, { ...tensor, data }];
    }),
  );
}
