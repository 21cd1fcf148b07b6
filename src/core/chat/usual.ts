/** Default chat template. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Speaker, SPEAKERS } from './conversation';
import { byTokens, CHATML, CHATML_TOKENS, plain } from './pieces';
import { ownTemplate } from './template';

/**
 * Returns the tokenizer's own template; else one that fits its special tokens: turn tokens, ChatML
 * (https://github.com/openai/openai-python/blob/v0.28.1/chatml.md), or plain words. Each answer ends with a special
 * token, because a model that never learns one never stops.
 */
export function usualTemplate(tokenizer: Tokenizer): string {
  const own = ownTemplate(tokenizer);
  if (own !== undefined) return own;
  const textOf = (role: Speaker): string | undefined => tokenizer.special.find((token) => token.role === role)?.text;
  const [system, user, assistant] = SPEAKERS.map(textOf);
  const end = tokenizer.specialOf(tokenizer.endOfText)!.text;
  if (user !== undefined && assistant !== undefined)
    return byTokens({ user, assistant, ...(system !== undefined && { system }) }, end);
  const texts = new Set(tokenizer.special.map(({ text }) => text));
  return CHATML_TOKENS.every((text) => texts.has(text)) ? CHATML : plain(end);
}
