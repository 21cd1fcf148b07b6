/** How a model's folder has it: as transformers does, or in our own layout where transformers has no class for the model. */
import type { Json } from '../base/blobStore';
import { type ModelId, modelSpec } from '.';
import { usualPooling } from './classes';
import { poolingProblem } from './hubClasses';
import type { HuggingFace } from './interop';
import type { ModelChoice } from './network';
import { sizesOf } from './spec';

/** What writing and reading a folder asks of its format. */
export interface FolderFormat extends Omit<HuggingFace, 'types' | 'problem' | 'schema' | 'layout'> {
  /** Our layout: our names, shapes and sizes. */
  isOwn?: true;
}

/** `model_type` of our own layout, which no class of transformers has. */
export const OWN_TYPE = 'homegrown';

/** Returns why transformers has no class for such a model, in one sentence; null if it has one. */
export function classProblem({ id, config }: Pick<ModelChoice, 'id' | 'config'>): string | null {
  const { label, huggingFace: theirs } = modelSpec(id);
  return theirs ? (theirs.problem?.(config) ?? null) : `transformers has no ${label} model`;
}

/** Returns why transformers can't open the model, in one sentence; null if it can. A classifier needs a class with its pooling. */
export const hubProblem = (model: Pick<ModelChoice, 'id' | 'config'>): string | null =>
  classProblem(model) ?? poolingProblem(model.config, usualPooling(model));

export const folderFormat = (model: Pick<ModelChoice, 'id' | 'config'>): FolderFormat =>
  classProblem(model) === null ? modelSpec(model.id).huggingFace! : ownFormat(model.id);

/** config.json names the architecture and has every size under our name. */
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
