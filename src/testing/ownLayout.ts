/** The toy architecture as if no other tool had it: without a Hugging Face layout. */
import { MODELS } from '../core/models';
import type { ModelSpec } from '../core/models/spec';
import { toy } from './toyModel/spec';

const { huggingFace: _, ...ours } = toy;
export const TOY_WITHOUT_LAYOUT: ModelSpec = ours;

/** Puts the toy into the list, before anything is made of the list. */
export const listToy = (spec: ModelSpec): void => void Object.assign(MODELS, { toy: spec });
