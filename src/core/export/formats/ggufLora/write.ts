/** Writes a LoRA adapter as a GGUF file, like llama.cpp's convert_lora_to_gguf.py; src/llama-adapter.cpp reads it. */
import type { ByteStream } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import type { Exported } from '../../format';
import { ggufOf, placed } from '../gguf/write';
import { f32, string, u32 } from '../gguf/header';
import { GGUF_TYPES } from '../gguf/types';
import { layoutOf, narrowPieces } from '../peft/loraLayout';
import { apart } from '../peft/write';
import { elsewhere } from '../../weights';

/** Writes the adapter's file. @throws HomegrownError as `apart` */
export function ggufLoraFile(exported: Exported): ByteStream {
  const { name, info, snapshot } = exported;
  const { settings, beside } = apart(exported);
  const { config, id } = elsewhere(info.model);
  const architecture = modelSpec(id).gguf!;
  // Rows of A are as wide as the matrix, and rows of B as the rank. Nothing is transposed.
  const pieces = narrowPieces(architecture.layout(config), beside, (theirs) => [
    `${theirs}.lora_a`,
    `${theirs}.lora_b`,
  ]);
  const layout = layoutOf(pieces).map((piece) => ({ ...piece, full: true }));
  const keys = {
    'general.architecture': string(architecture.name(config)),
    'general.type': string('adapter'),
    'general.name': string(info.name),
    'general.file_type': u32(GGUF_TYPES.F32.fileType),
    'adapter.type': string('lora'),
    // llama.cpp divides alpha by the rank.
    'adapter.lora.alpha': f32(settings.alpha * (settings.rankStabilised ? Math.sqrt(settings.rank) : 1)),
  };
  return ggufOf(`${name}-lora.gguf`, keys, placed(snapshot.tensors, layout, 'F32'));
}
