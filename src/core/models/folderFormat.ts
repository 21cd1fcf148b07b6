/** Format of a model's folder: that of transformers, or our own layout if transformers has no class for the model. */
import type { Json } from '../base/blobStore';
import { type ModelId, modelSpec } from '.';
import { usualPooling } from './classes';
import { poolingProblem } from './hubClasses';
import type { HuggingFace } from './interop';
import type { ModelChoice } from './network';
import { sizesOf } from './spec';

/** Properties of a format that writing and reading a folder need. */
export interface FolderFormat extends Omit<HuggingFace, 'types' | 'problem' | 'schema' | 'layout'> {
  /** Whether it is our own layout, with our names, shapes and sizes. */
  isOwn?: true;
}

/** `model_type` of our own layout, which no transformers class has. */
export const OWN_TYPE = 'homegrown';

/** Returns why transformers has no class for such a model, in one sentence; null if it has one. */
export function classProblem({ id, config }: Pick<ModelChoice, 'id' | 'config'>): string | null {
  const { label, huggingFace: theirs } = modelSpec(id);
  return theirs ? (theirs.problem?.(config) ?? null) : `transformers has no ${label} model`;
}

/** Returns why transformers can't open the model or lacks a class with its pooling, in one sentence; null if it can. */
export const hubProblem = (model: Pick<ModelChoice, 'id' | 'config'>): string | null =>
  classProblem(model) ?? poolingProblem(model.config, usualPooling(model));

export const folderFormat = (model: Pick<ModelChoice, 'id' | 'config'>): FolderFormat =>
  classProblem(model) === null ? modelSpec(model.id).huggingFace! : ownFormat(model.id);

/** Our own format: config.json names the architecture and has every size under our name. */
export const ownFormat = (id: ModelId): FolderFormat => ({
  isOwn: true,
  config: ({ config: { untied, classes, ...sizes }, vocabulary }) => ({
    model_type: OWN_TYPE,
    architecture: id,
    vocab_size: vocabulary,
    config: {
      ...sizesOf(sizes),
      ...(untied && { untied }),
      ...(classes && { classes: { ...classes } as unknown as Json }),
    },
  }),
});
