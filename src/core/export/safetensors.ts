import { writeSafetensors } from '../checkpoint/safetensors';
import { weightsOf } from './exported';
import type { Format } from './format';

/** The weights alone, under Hugging Face's names. */
export const safetensors: Format = {
  kind: 'file',
  files: (model) => [writeSafetensors(`${model.name}.safetensors`, weightsOf(model))],
};
