/** Expected refusals of rows by formats, with wording: from the architectures' statements and this file. */
import type { FormatId } from '../../core/export/formats';
import { kindOf } from '../../core/export/kinds';
import { type ModelId, modelSpec } from '../../core/models';
import { usualPooling } from '../../core/models/classes';
import { sizesOf } from '../../core/models/spec';
import type { Row } from './rows';

/** Variants that no transformers class or llama.cpp architecture has. Others work in all stated formats. */
const NORMS = 'post-norm needs per-row QK-norm (OLMo 2), pre-norm needs per-head QK-norm (Qwen3) or none (Llama)';
const UNSUPPORTED_NORMS: Partial<Record<ModelId, Readonly<Record<string, string>>>> = {
  llama: {
    'none after': 'no QK-norm and post-norm',
    'heads after': 'per-head QK-norm and post-norm',
    'rows before': 'per-row QK-norm and pre-norm',
  },
};
const unsupportedNorm = ({ id, config }: Row): string | undefined => {
  const { qkNorm, norm } = sizesOf(config);
  return UNSUPPORTED_NORMS[id]?.[`${String(qkNorm)} ${String(norm)}`];
};
const isOlmo = ({ config }: Row): boolean => sizesOf(config)['qkNorm'] === 'rows';
const windowWords = ({ config }: Row): string | undefined => {
  const window = Number(sizesOf(config)['window'] ?? 0);
  if (window === 0 || window >= config.context) return undefined;
  return `it would see ${config.context} tokens instead of ${window}`;
};

/** Reason why transformers can't open the model. */
function transformersProblem(row: Row): string | undefined {
  const { label, huggingFace } = modelSpec(row.id);
  if (!huggingFace) return `transformers has no ${label} model`;
  const normWords = unsupportedNorm(row);
  if (normWords) return `transformers has no class with ${normWords}: ${NORMS}`;
  const windowNote = windowWords(row);
  return windowNote && isOlmo(row)
    ? `OLMo 2 has no sliding-window attention in transformers: ${windowNote}`
    : undefined;
}
const POOLED = { first: 'the first token', mean: 'the mean', last: 'the last token' };
/** Reason why a transformers class can't open the model, such as a pooling that the class lacks. */
function classProblem(row: Row): string | undefined {
  const { classes } = row.config;
  if (!classes || classes.pooling === usualPooling(row)) return transformersProblem(row);
  return (
    `transformers has no class that classifies by ${POOLED[classes.pooling]} of a text here: it would use ${POOLED[usualPooling(row)!]} of a text. ` +
    'ONNX, the web service and the offline page support it'
  );
}
function llamaCppProblem(row: Row): string | undefined {
  const normWords = unsupportedNorm(row);
  if (normWords) return `llama.cpp has no architecture with ${normWords}: ${NORMS}`;
  const windowNote = windowWords(row);
  if (windowNote) return `llama.cpp has no sliding-window attention for this model: ${windowNote}`;
  const { headWidth } = sizesOf(row.config);
  const headsWidth = Number(headWidth) * row.config.heads;
  if (!isOlmo(row) || headsWidth === 0 || headsWidth === row.config.width) return undefined;
  return `llama.cpp needs the OLMo 2 heads to be as wide together as the model: ${row.config.width} columns, not ${headsWidth}`;
}

function ggufProblem(row: Row): string | undefined {
  const { label, gguf } = modelSpec(row.id);
  if (!gguf) return `GGUF doesn’t support ${label} models`;
  if (row.config.classes) return 'GGUF tools generate text, and this model is a classifier';
  return llamaCppProblem(row);
}
function onnxProblem(row: Row): string | undefined {
  const { label, onnx, huggingFace } = modelSpec(row.id);
  return onnx && huggingFace ? transformersProblem(row) : `The ONNX exporter doesn’t support ${label} models`;
}
function pytorchProblem(row: Row): string | undefined {
  const { label, pytorch, huggingFace } = modelSpec(row.id);
  if (!pytorch || !huggingFace) return `The PyTorch bundle doesn’t support ${label} models`;
  const classReason = classProblem(row);
  if (classReason !== undefined) return classReason;
  if (row.config.classes) return 'train.py supports only next-token prediction, and this model is a classifier';
  return row.isAdapted && 'train.py trains all weights, and this run trains only some of them or an adapter';
}
function pageProblem({ id }: Row): string | undefined {
  const { label, page, huggingFace } = modelSpec(id);
  return page && huggingFace ? undefined : `The offline page can’t run ${label} models yet.`;
}
const onlyForAdapters =
  (other: (row: Row) => string | undefined) =>
  (row: Row): string | undefined =>
    row.isAdapted ? other(row) : 'This model has no adapter';

/** Formats that aren't here have their own tests. */
const REASONS: Readonly<Partial<Record<FormatId, (row: Row) => string | undefined>>> = {
  hf: () => undefined,
  safetensors: () => undefined,
  peft: onlyForAdapters(classProblem),
  'gguf-f32': ggufProblem,
  'gguf-f16': ggufProblem,
  'gguf-q8_0': ggufProblem,
  'gguf-lora': onlyForAdapters(ggufProblem),
  'onnx-f32': onnxProblem,
  'onnx-f16': onnxProblem,
  html: pageProblem,
  service: (row) => (kindOf(row) === 'decoder' ? ggufProblem(row) : onnxProblem(row)),
  pytorch: pytorchProblem,
};

/** Expected reason why a row can't be exported in a format; null if it can, undefined if nothing is stated. */
export function refusalOf(row: Row, format: FormatId): string | null | undefined {
  const reason = REASONS[format];
  return reason && (reason(row) ?? null);
}
