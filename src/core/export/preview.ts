/** Description and requirements of an external model before its import, as plain data for page and terminal. */
import { choiceLabel, type Field } from '../base/field';
import { counted, formatBytes, formatCount, formatShort } from '../base/units';
import { modelSpec } from '../models';
import { type Classes, countParams, type Size, sizeOf, sizesOf } from '../models/spec';
import { missingBytes } from '../tokenizer/elsewhere';
import type { Normalizer } from '../base/normalizer';
import { SPLITS } from '../tokenizer/splits';
import { APPLIED_WORDS, isApplied, type TokenizerKind } from '../tokenizer/tokenizer';
import { type MemoryLimits, memoryChanges, memoryPlan, memoryShortage } from '../train/memory';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { ModelChoice } from '../train/run';
import { isContextFree } from './contextOf';
import type { Incoming, Stated } from './incoming';
import { kindOf, type OutKind } from './kinds';
import { normalizerWords } from './normalizerWords';

export interface ModelPreview {
  model: ModelChoice;
  stated: Stated;
  tokenizer: {
    entries: number;
    special: number;
    kind: TokenizerKind;
    /** Name of its split pattern; absent if the pattern is ours, or applied from its files. */
    split?: string;
    /** Number of bytes without a token. */
    missing: number;
    /** Normalization before the split. */
    normalizers: readonly Normalizer[];
  };
  /** Whether it can be imported with a shorter context. */
  isContextFree: boolean;
}

export function previewOf({ model, tokenizer, stated }: Incoming): ModelPreview {
  const { elsewhere, normalizers = [] } = tokenizer.model;
  const split = elsewhere?.split;
  return {
    model,
    stated,
    tokenizer: {
      kind: tokenizer.model.kind,
      entries: tokenizer.size,
      special: tokenizer.special.length,
      ...(split && { split }),
      missing: missingBytes(tokenizer.model).length,
      normalizers: [...(split ? SPLITS[split].normalizers : []), ...normalizers],
    },
    isContextFree: isContextFree(model),
  };
}

/**
 * Returns the rows of the preview.
 * @param as model with the context to import; by default its own
 * @param limits of this device, if known
 */
export function previewRows(
  { model: own, stated, tokenizer }: ModelPreview,
  as: ModelChoice = own,
  limits?: MemoryLimits,
): readonly (readonly [string, string])[] {
  const spec = modelSpec(as.id);
  const { config, vocabulary } = as;
  const fields = spec.fields as Readonly<Record<string, Field>>;
  const sizes = Object.entries(sizesOf(config)).flatMap(([name, size]) =>
    name === 'context' || size === 0 || size === (fields[name]!.absent ?? false)
      ? []
      : [sizeWords(fields[name]!, size)],
  );
  const made = own.config.context;
  const [first, ...others] = stated.precision;
  return [
    ['Architecture', `${spec.label}: ${sizes.join(', ')}${config.untied ? ', untied output layer' : ''}`],
    ['Parameters', formatShort(countParams(spec.params(config, vocabulary)))],
    [
      'Weights',
      `${stated.format}, ${formatBytes(stated.bytes)} in ${[first, ...others].join(', ')}; stored here in 32 bits`,
    ],
    ['Context', `${formatCount(config.context)} tokens${config.context < made ? ` of its ${formatCount(made)}` : ''}`],
    ...(config.classes ? [['Labels', labelWords(config.classes)] as const] : []),
    ['Tokenizer', tokenizerWords(tokenizer)],
    ...(stated.lacks === undefined ? [] : [['Missing', stated.lacks] as const]),
    ['License', stated.licence ?? 'not stated'],
    [USED[kindOf(as)], writingWords(as, limits)],
    ['Memory for full training', trainingWords(as, limits)],
  ];
}

/** Returns label names, `ham, spam and 3 more`, and whether a text may have several labels. */
function labelWords({ labels, several }: Classes): string {
  const shown = labels.slice(0, 10).join(', ');
  const more = labels.length > 10 ? ` and ${formatCount(labels.length - 10)} more` : '';
  return `${shown}${more}${several ? '; several per text' : ''}`;
}

const USED: Readonly<Record<OutKind, string>> = {
  decoder: 'Memory for writing',
  encoder: 'Memory for filling blanks',
  'encoder-decoder': 'Memory for writing',
  classifier: 'Memory for classifying',
};

function sizeWords(field: Field, size: Size): string {
  const label = field.label.toLowerCase();
  if (typeof size === 'boolean') return (size ? '' : 'no ') + label;
  if (typeof size === 'string') return `${label} ${choiceLabel(field, size).toLowerCase()}`;
  return `${label} ${size < 1 ? String(size) : formatCount(size)}`;
}

function tokenizerWords({ kind, entries, special, split, missing, normalizers }: ModelPreview['tokenizer']): string {
  if (isApplied(kind))
    return `${APPLIED_WORDS[kind]}, ${formatCount(entries)} entries, ${formatCount(special)} of them special; used as in its files`;
  const parts = [
    `byte-level BPE, ${formatCount(entries)} entries, ${formatCount(special)} of them special`,
    `splits like ${split ?? 'gpt-2'}`,
    ...(normalizers.length > 0 ? [`normalizes text: ${normalizerWords(normalizers)}`] : []),
    ...(missing > 0 ? [`has no token for ${counted(missing, 'byte')}, and skips them`] : []),
  ];
  return parts.join('; ');
}

/** Memory for inference: weights, full KV cache and a row of logits; on a GPU also checks the largest weight. */
function writingWords({ id, config, vocabulary }: ModelChoice, limits: MemoryLimits | undefined): string {
  const spec = modelSpec(id);
  const table = spec.params(config, vocabulary);
  const cached = config.layers * spec.cacheColumns(config) * config.context;
  const bytes = 4 * (countParams(table) + cached + vocabulary);
  const words = formatBytes(bytes);
  if (!limits) return words;
  const { bound = Infinity, total = Infinity, weight = Infinity } = limits;
  const max = Math.min(bound, total);
  if (bytes > max) return `${words}, more than the ${formatBytes(max)} of this device`;
  const largest = Math.max(...Object.values(table).map(({ shape }) => 4 * sizeOf(shape)));
  if (largest > weight)
    return `${words}. One weight has ${formatBytes(largest)}; this GPU allows ${formatBytes(weight)}`;
  return `${words}: fits this device`;
}

/** Memory for training with the default recipe. */
function trainingWords(model: ModelChoice, limits: MemoryLimits | undefined): string {
  const { total } = memoryPlan(modelSpec(model.id), model.config, model.vocabulary, DEFAULT_RECIPE);
  const words = `${formatBytes(total)} with a batch of ${formatCount(DEFAULT_RECIPE.batch)}`;
  if (!limits) return words;
  const shortage = memoryShortage(model, DEFAULT_RECIPE, limits);
  if (shortage === undefined) return `${words}: fits this device`;
  const changes = memoryChanges(model, DEFAULT_RECIPE, limits).filter(({ kind }) => kind === 'recipe');
  const others = changes.map(({ words: change }) => change).join(', or ');
  return others === ''
    ? `${words}: too much for this device`
    : `${words}: too much for this device. Fits with ${others}`;
}
