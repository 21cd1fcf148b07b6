import type { Card, Format, Precision } from '../format';
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

export const FORMAT_IDS = Object.keys(FORMATS) as FormatId[];
export const MAIN_FORMAT: FormatId = FORMAT_IDS[0]!;

export const CARDS: readonly Card[] = [...new Set(FORMAT_IDS.map((id) => FORMATS[id].card))];

/** Each once, most bits first. */
export const PRECISIONS: readonly Precision[] = [
  ...new Map(FORMAT_IDS.map((id) => [FORMATS[id].precision.label, FORMATS[id].precision])).values(),
].sort((a, b) => b.bits - a.bits);

/** Of a card's formats the one with the fewest bits that are not fewer than those asked for; else the one with most. */
export function formatOfCard(card: Card, { bits }: Precision): FormatId {
  const bitsOf = (id: FormatId): number => FORMATS[id].precision.bits;
  const most = FORMAT_IDS.filter((id) => FORMATS[id].card === card).sort((a, b) => bitsOf(b) - bitsOf(a));
  return most.findLast((id) => bitsOf(id) >= bits) ?? most[0]!;
}
