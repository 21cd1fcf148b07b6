/** How much of a prompt a model reads: no more than its context has room for. */
import { formatCount } from '../../core/base/units';
import { contextWindow } from '../../core/sample/contextWindow';
import type { RunRecord } from '../../core/runs/record';
import { dataOf } from '../../core/runs/segments';

/** Undefined where it reads all of it. What is left out is told about, as tokens are not counted while a person writes. */
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

/** Warns of a space at the end: most tokens of words begin with their space, so the next one would go on inside a word. */
export function spaceWords(prompt: string, { tokenizer }: Pick<RunRecord, 'tokenizer'>): string | undefined {
  const isOfWords = tokenizer.kind === 'bpe' || tokenizer.kind === 'unigram' || tokenizer.kind === 'wordpiece';
  return isOfWords && /\S[ \t]+$/.test(prompt) ? 'Ends with a space: remove it to start a new word' : undefined;
}

/** The same of a text that is read whole or not at all. */
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
/** Bytes a token, of a model that does not say what it learnt from. */
const USUAL = 3;
