import { writeSafetensors } from '../checkpoint/safetensors';
import type { NamedTensors } from '../checkpoint/tensors';
import type { ByteStream } from '../files/byteSource';
import { modelSpec } from '../models';
import type { Exported } from './format';

/** The model's parameters in the order of its specification, without moments. */
export function weightsOf({ info, snapshot }: Pick<Exported, 'info' | 'snapshot'>): NamedTensors {
  const { id, config, vocabulary } = info.model;
  const names = Object.keys(modelSpec(id).params(config, vocabulary));
  return new Map(names.map((name) => [name, snapshot.tensors.get(name)!]));
}

export const weightsFile = (model: Exported): ByteStream =>
  writeSafetensors(`${model.name}.safetensors`, weightsOf(model));
