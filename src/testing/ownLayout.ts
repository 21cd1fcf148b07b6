/** The toy architecture without a Hugging Face layout, as if no other tool had it. */
import { MODELS } from '../core/models';
import type { ModelSpec } from '../core/models/spec';
import { toy } from './toyModel/spec';

const { huggingFace: _, ...ours } = toy;
export const TOY_WITHOUT_LAYOUT: ModelSpec = ours;

/** Adds the toy to the list; call it before anything is derived from the list. */
export const listToy = (spec: ModelSpec): void => void Object.assign(MODELS, { toy: spec });
