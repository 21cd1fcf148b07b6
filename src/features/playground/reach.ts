/** How much of a prompt fits the model's context. */
import { formatCount } from '../../core/base/units';
import { contextWindow } from '../../core/sample/contextWindow';
import type { RunRecord } from '../../core/runs/record';
import { dataOf } from '../../core/runs/segments';

/**
 * Says how much of the prompt fits; undefined if the model reads all of it. Approximate, because tokens aren't counted
 * during typing.
 */
export function cutPromptWords(
  prompt: string,
  { model, segments }: Pick<RunRecord, 'model' | 'segments'>,
): string | undefined {
  const { context } = model.config;
  const tokens = estimateTokens(prompt, segments);
  if (tokens <= context) return undefined;
  const fittingTokens = contextWindow(
    Array.from({ length: tokens }, (_, i) => i),
    context,
  ).length;
  const characters = Math.round((fittingTokens / tokens) * Array.from(prompt).length);
  return `Only about the last ${formatCount(Number(characters.toPrecision(2)))} characters fit: the context is ${formatCount(context)} tokens`;
}

/**
 * Warns of a trailing space. Most tokens that start a word include the space before it. After a separate space, the next
 * token would continue inside a word.
 */
export function trailingSpaceWords(prompt: string, { tokenizer }: Pick<RunRecord, 'tokenizer'>): string | undefined {
  const hasWordTokens = tokenizer.kind === 'bpe' || tokenizer.kind === 'unigram' || tokenizer.kind === 'wordpiece';
  return hasWordTokens && /\S[ \t]+$/.test(prompt) ? 'Ends with a space: remove it to start a new word' : undefined;
}

/** Like `cutPromptWords`, for an input that must fit completely. */
export function tooLongWords(
  text: string,
  { model, segments }: Pick<RunRecord, 'model' | 'segments'>,
): string | undefined {
  const { context } = model.config;
  const tokens = estimateTokens(text, segments);
  if (tokens <= context) return undefined;
  return `About ${formatCount(Number(tokens.toPrecision(2)))} tokens, but only ${formatCount(context)} fit: shorten the text`;
}

function estimateTokens(text: string, segments: RunRecord['segments']): number {
  const train = dataOf({ segments }).facts?.parts.train;
  const bytesPerToken = train && train.tokens > 0 ? train.bytes / train.tokens : DEFAULT_BYTES_PER_TOKEN;
  return Math.ceil(new TextEncoder().encode(text).length / bytesPerToken);
}
/** Bytes per token, for models without data provenance. */
const DEFAULT_BYTES_PER_TOKEN = 3;
