import type { Format } from '../format';
import { ggufF16, ggufF32, ggufQ8 } from './gguf/format';
import { ggufLora } from './ggufLora/format';
import { html } from './html/format';
import { huggingFace } from './huggingFace/format';
import { onnxF16, onnxF32 } from './onnx/format';
import { peft } from './peft/format';
import { pytorch } from './pytorch/format';
import { safetensors } from './safetensors/format';
import { service } from './service/format';

/** All formats by their terminal names, in the page's order. The page moves the recommended one to the front. */
export const FORMATS = {
  hf: huggingFace,
  safetensors,
  peft,
  'gguf-f32': ggufF32,
  'gguf-f16': ggufF16,
  'gguf-q8_0': ggufQ8,
  'gguf-lora': ggufLora,
  'onnx-f32': onnxF32,
  'onnx-f16': onnxF16,
  html,
  service,
  pytorch,
} as const satisfies Record<string, Format>;
export type FormatId = keyof typeof FORMATS;

/** All formats, in list order. */
export const allFormats = (): readonly Format[] => Object.values(FORMATS);
