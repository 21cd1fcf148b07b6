import type { Tokenizer } from './tokenizer';

/** First token of a prompt: the begin token of its tokenizer, or else the end of text. */
export function beginOf({ model: { elsewhere }, endOfText, begin: applied }: Tokenizer): number {
  if (applied !== undefined) return applied;
  if (!elsewhere) return endOfText;
  const { begin, names, spellings } = elsewhere;
  const named = names['bos_token'];
  return begin ?? (named === undefined ? endOfText : spellings.indexOf(named));
}

/** Token that the model expects before every text and prompt; undefined if none. */
export const promptBegin = ({ model, begin }: Tokenizer): number | undefined => model.elsewhere?.begin ?? begin;

/** Ids of a prompt, at least one, with the begin token of the model's pretraining. */
export function promptIds(tokenizer: Tokenizer, prompt: string): Uint32Array {
  const begin = promptBegin(tokenizer);
  const ids = tokenizer.encode(prompt);
  if (ids.length > 0 && begin === undefined) return ids;
  return Uint32Array.of(beginOf(tokenizer), ...ids);
}

/** Ids of an encoder-decoder's source text, with the begin token and the end token. */
export function sourceIds(tokenizer: Tokenizer, text: string): readonly number[] {
  const begin = promptBegin(tokenizer);
  return [...(begin === undefined ? [] : [begin]), ...tokenizer.encode(text), tokenizer.endOfText];
}

/** First token of the decoder: padding (Raffel et al. 2019), or the end of text if there is no padding. */
export const answerStart = (tokenizer: Tokenizer): number =>
  tokenizer.special.find(({ role }) => role === 'padding')?.id ?? tokenizer.endOfText;

/**
 * Special tokens before and after a standalone text, as its tokenizer adds them. An encoder's first token represents
 * the whole text, so there always is one: by default the end of text.
 */
export function aroundText(tokenizer: Tokenizer, isEncoder: boolean): readonly [before: number[], after: number[]] {
  const begin = isEncoder ? beginOf(tokenizer) : promptBegin(tokenizer);
  const isClosed = isEncoder && tokenizer.begin !== undefined;
  return [begin === undefined ? [] : [begin], isClosed ? [tokenizer.idOf('separator')] : []];
}
