/** Expected refusals of rows by formats, with wording: from the architectures' statements and this file. */
import type { FormatId } from '../../core/export/formats';
import { kindOf } from '../../core/export/kinds';
import { type ModelId, modelSpec } from '../../core/models';
import { usualPooling } from '../../core/models/classes';
import { sizesOf } from '../../core/models/spec';
import type { Row } from './rows';

/** Variants that no transformers class or llama.cpp architecture has. Others work in all stated formats. */
const NORMS = 'post-norm needs per-row QK-norm (OLMo 2), pre-norm needs per-head QK-norm (Qwen3) or none (Llama)';
const NO_KIN: Partial<Record<ModelId, Readonly<Record<string, string>>>> = {
  llama: {
    'none after': 'no QK-norm and post-norm',
    'heads after': 'per-head QK-norm and post-norm',
    'rows before': 'per-row QK-norm and pre-norm',
  },
};
const noKin = ({ id, config }: Row): string | undefined => {
  const { qkNorm, norm } = sizesOf(config);
  return NO_KIN[id]?.[`${String(qkNorm)} ${String(norm)}`];
};
const isOlmo = ({ config }: Row): boolean => sizesOf(config)['qkNorm'] === 'rows';
const narrow = ({ config }: Row): string | undefined => {
  const window = Number(sizesOf(config)['window'] ?? 0);
  if (window === 0 || window >= config.context) return undefined;
  return `it would see ${config.context} tokens instead of ${window}`;
};

/** Reason why transformers can't open the model. */
function byTransformers(row: Row): string | undefined {
  const { label, huggingFace } = modelSpec(row.id);
  if (!huggingFace) return `transformers has no ${label} model`;
  const kin = noKin(row);
  if (kin) return `transformers has no class with ${kin}: ${NORMS}`;
  const seen = narrow(row);
  return seen && isOlmo(row) ? `OLMo 2 has no sliding-window attention in transformers: ${seen}` : undefined;
}
const POOLED = { first: 'the first token', mean: 'the mean', last: 'the last token' };
/** Reason why a transformers class can't open the model, such as a pooling that the class lacks. */
function byItsClass(row: Row): string | undefined {
  const { classes } = row.config;
  if (!classes || classes.pooling === usualPooling(row)) return byTransformers(row);
  return (
    `transformers has no class that classifies by ${POOLED[classes.pooling]} of a text here: it would use ${POOLED[usualPooling(row)!]} of a text. ` +
    'ONNX, the web service and the offline page support it'
  );
}
function byLlamaCpp(row: Row): string | undefined {
  const kin = noKin(row);
  if (kin) return `llama.cpp has no architecture with ${kin}: ${NORMS}`;
  const seen = narrow(row);
  if (seen) return `llama.cpp has no sliding-window attention for this model: ${seen}`;
  const { headWidth } = sizesOf(row.config);
  const together = Number(headWidth) * row.config.heads;
  if (!isOlmo(row) || together === 0 || together === row.config.width) return undefined;
  return `llama.cpp needs the OLMo 2 heads to be as wide together as the model: ${row.config.width} columns, not ${together}`;
}

function asGguf(row: Row): string | undefined {
  const { label, gguf } = modelSpec(row.id);
  if (!gguf) return `GGUF doesn’t support ${label} models`;
  if (row.config.classes) return 'GGUF tools generate text, and this model is a classifier';
  return byLlamaCpp(row);
}
function asOnnx(row: Row): string | undefined {
  const { label, onnx, huggingFace } = modelSpec(row.id);
  return onnx && huggingFace ? byTransformers(row) : `The ONNX exporter doesn’t support ${label} models`;
}
function asPytorch(row: Row): string | undefined {
  const { label, pytorch, huggingFace } = modelSpec(row.id);
  if (!pytorch || !huggingFace) return `The PyTorch bundle doesn’t support ${label} models`;
  const other = byItsClass(row);
  if (other !== undefined) return other;
  if (row.config.classes) return 'train.py supports only next-token prediction, and this model is a classifier';
  return row.isAdapted && 'train.py trains all weights, and this run trains only some of them or an adapter';
}
function asPage({ id }: Row): string | undefined {
  const { label, page, huggingFace } = modelSpec(id);
  return page && huggingFace ? undefined : `The offline page can’t run ${label} models yet.`;
}
const ofAdapters =
  (other: (row: Row) => string | undefined) =>
  (row: Row): string | undefined =>
    row.isAdapted ? other(row) : 'This model has no adapter';

/** Formats that aren't here have their own tests. */
const REASONS: Readonly<Partial<Record<FormatId, (row: Row) => string | undefined>>> = {
  hf: () => undefined,
  safetensors: () => undefined,
  peft: ofAdapters(byItsClass),
  'gguf-f32': asGguf,
  'gguf-f16': asGguf,
  'gguf-q8_0': asGguf,
  'gguf-lora': ofAdapters(asGguf),
  'onnx-f32': asOnnx,
  'onnx-f16': asOnnx,
  html: asPage,
  service: (row) => (kindOf(row) === 'decoder' ? asGguf(row) : asOnnx(row)),
  pytorch: asPytorch,
};

/** Expected reason why a row can't be exported in a format; null if it can, undefined if nothing is stated. */
export function refusalOf(row: Row, format: FormatId): string | null | undefined {
  const reason = REASONS[format];
  return reason && (reason(row) ?? null);
}
