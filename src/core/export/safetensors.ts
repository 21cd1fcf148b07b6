import { writeSafetensors } from '../checkpoint/safetensors';
import type { ByteStream } from '../files/byteSource';
import type { Exported } from './format';
import { hubWeights } from './weights';

export const weightsFile = (model: Exported): ByteStream =>
  writeSafetensors(`${model.name}.safetensors`, hubWeights(model));
