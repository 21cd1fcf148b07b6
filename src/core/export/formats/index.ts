import type { Format } from '../format';
import { ggufF16, ggufF32, ggufQ8 } from './gguf';
import { html } from './html';
import { huggingFace } from './huggingFace';
import { onnxF16, onnxF32 } from './onnx';
import { pytorch } from './pytorch';
import { safetensors } from './safetensors';
import { service } from './service';

/** Every format, by the name it has in the terminal, in the order of the page. The first is what its main button gives. */
export const FORMATS = {
  hf: huggingFace,
  safetensors,
  'gguf-f32': ggufF32,
  'gguf-f16': ggufF16,
  'gguf-q8_0': ggufQ8,
  'onnx-f32': onnxF32,
  'onnx-f16': onnxF16,
  html,
  service,
  pytorch,
} as const satisfies Record<string, Format>;
export type FormatId = keyof typeof FORMATS;
