import type { Format } from './format';
import { huggingFace } from './huggingFace';
import { safetensors } from './safetensors';

/** Every format, by the name it has in the terminal. */
export const FORMATS = {
  hf: huggingFace,
  safetensors,
} as const satisfies Record<string, Format>;
export type FormatId = keyof typeof FORMATS;
