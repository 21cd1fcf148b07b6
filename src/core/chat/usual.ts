/** Default chat template. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Speaker, SPEAKERS } from './conversation';
import { roleTokenTemplate, CHATML, CHATML_TOKENS, plainTemplate } from './pieces';
import { ownTemplate } from './template';

/**
 * Returns the tokenizer's own template; else one that fits its special tokens: turn tokens, ChatML
 * (https://github.com/openai/openai-python/blob/v0.28.1/chatml.md), or plain words. Each answer ends with a special
 * token, because a model that never learns one never stops.
 */
export function usualTemplate(tokenizer: Tokenizer): string {
  const ownSource = ownTemplate(tokenizer);
  if (ownSource !== undefined) return ownSource;
  const roleToken = (role: Speaker): string | undefined => tokenizer.special.find((token) => token.role === role)?.text;
  const [system, user, assistant] = SPEAKERS.map(roleToken);
  const endOfText = tokenizer.specialOf(tokenizer.endOfText)!.text;
  if (user !== undefined && assistant !== undefined)
    return roleTokenTemplate({ user, assistant, ...(system !== undefined && { system }) }, endOfText);
  const texts = new Set(tokenizer.special.map(({ text }) => text));
  return CHATML_TOKENS.every((text) => texts.has(text)) ? CHATML : plainTemplate(endOfText);
}
