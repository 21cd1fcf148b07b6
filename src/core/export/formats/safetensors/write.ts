import { writeSafetensors } from '../../../checkpoint/safetensors';
import type { ByteStream } from '../../../files/byteSource';
import type { Exported } from '../../format';
import { folderWeights } from '../../weights';

export const weightsFile = (model: Exported): ByteStream =>
  writeSafetensors(`${model.name}.safetensors`, folderWeights(model));
