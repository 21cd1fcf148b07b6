import { bert } from './bert/spec';
import { gpt } from './gpt/spec';
import { llama } from './llama/spec';
import type { ModelChoice } from './network';
import type { ModelSpec, ParamTable } from './spec';
import { t5 } from './t5/spec';

/** Every architecture the product knows. Adding one is a folder and a line here. */
export const MODELS = { gpt, llama, bert, t5 } as const satisfies Record<string, ModelSpec>;
export type ModelId = keyof typeof MODELS;
/** What a project begins with, and the terminal where none is named. */
export const FIRST_MODEL: ModelId = 'gpt';

/** Any of them, seen through the sizes they share. */
export const modelSpec = (id: ModelId): ModelSpec => MODELS[id];

/** A model's own parameters. */
export const paramsOf = ({ id, config, vocabulary }: ModelChoice): ParamTable =>
  modelSpec(id).params(config, vocabulary);

export const modelIds = (): [ModelId, ...ModelId[]] => Object.keys(MODELS) as [ModelId, ...ModelId[]];
