/** How much of a prompt fits the model's context. */
import { formatCount } from '../../core/base/units';
import { contextWindow } from '../../core/sample/contextWindow';
import type { RunRecord } from '../../core/runs/record';
import { dataOf } from '../../core/runs/segments';

/**
 * Undefined if the model reads the whole prompt. Reports the cut-off part approximately, as tokens aren't counted
 * during typing.
 */
export function reachWords(
  prompt: string,
  { model, segments }: Pick<RunRecord, 'model' | 'segments'>,
): string | undefined {
  const { context } = model.config;
  const tokens = tokensOf(prompt, segments);
  if (tokens <= context) return undefined;
  const read = contextWindow(
    Array.from({ length: tokens }, (_, i) => i),
    context,
  ).length;
  const characters = Math.round((read / tokens) * Array.from(prompt).length);
  return `Only about the last ${formatCount(Number(characters.toPrecision(2)))} characters fit: the context is ${formatCount(context)} tokens`;
}

/**
 * Warns of a trailing space. Most tokens of words begin with their space, so the next token would continue inside a
 * word.
 */
export function spaceWords(prompt: string, { tokenizer }: Pick<RunRecord, 'tokenizer'>): string | undefined {
  const isOfWords = tokenizer.kind === 'bpe' || tokenizer.kind === 'unigram' || tokenizer.kind === 'wordpiece';
  return isOfWords && /\S[ \t]+$/.test(prompt) ? 'Ends with a space: remove it to start a new word' : undefined;
}

/** Like `reachWords`, for an input that must fit completely. */
export function tooLongWords(
  text: string,
  { model, segments }: Pick<RunRecord, 'model' | 'segments'>,
): string | undefined {
  const { context } = model.config;
  const tokens = tokensOf(text, segments);
  if (tokens <= context) return undefined;
  return `About ${formatCount(Number(tokens.toPrecision(2)))} tokens, but only ${formatCount(context)} fit: shorten the text`;
}

function tokensOf(text: string, segments: RunRecord['segments']): number {
  const train = dataOf({ segments }).facts?.parts.train;
  const bytesPerToken = train && train.tokens > 0 ? train.bytes / train.tokens : USUAL;
  return Math.ceil(new TextEncoder().encode(text).length / bytesPerToken);
}
/** Bytes per token, for models without data provenance. */
const USUAL = 3;
