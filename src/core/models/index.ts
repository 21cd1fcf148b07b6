import { bert } from './bert/spec';
import { gpt } from './gpt/spec';
import { llama } from './llama/spec';
import type { ModelChoice } from './network';
import type { ModelSpec, ParamTable } from './spec';
import { t5 } from './t5/spec';

/** All supported architectures. Adding one takes a folder and a line here. */
export const MODELS = { gpt, llama, bert, t5 } as const satisfies Record<string, ModelSpec>;
export type ModelId = keyof typeof MODELS;
/** Default architecture of a new project and of the command line. */
export const FIRST_MODEL: ModelId = 'gpt';

/** Returns the specification of any architecture, typed by the shared sizes. */
export const modelSpec = (id: ModelId): ModelSpec => MODELS[id];

/** Returns a model's own parameters. */
export const paramsOf = ({ id, config, vocabulary }: ModelChoice): ParamTable =>
  modelSpec(id).params(config, vocabulary);

export const modelIds = (): [ModelId, ...ModelId[]] => Object.keys(MODELS) as [ModelId, ...ModelId[]];
