/** The template that a chat is written in where nobody has chosen another. */
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Speaker, SPEAKERS } from './conversation';
import { ownTemplate } from './template';

/**
 * What a tokenizer came with; else by its special tokens: those for turns, ChatML (https://github.com/openai/openai-python/blob/v0.28.1/chatml.md),
 * or plain words. Each turn, and in plain words each answer, ends with a special token: a model that never learns one never stops.
 */
export function usualTemplate(tokenizer: Tokenizer): string {
  const own = ownTemplate(tokenizer);
  if (own !== undefined) return own;
  const textOf = (role: Speaker): string | undefined => tokenizer.special.find((token) => token.role === role)?.text;
  const [system, user, assistant] = SPEAKERS.map(textOf);
  const end = quoted(tokenizer.specialOf(tokenizer.endOfText)!.text);
  if (user !== undefined && assistant !== undefined)
    return byTokens({ user, assistant, ...(system !== undefined && { system }) }, end);
  const texts = new Set(tokenizer.special.map(({ text }) => text));
  return CHATML_TOKENS.every((text) => texts.has(text)) ? CHATML : plain(end);
}

/** A turn is its token, what is said, and the end of text. */
function byTokens(
  { system, user, assistant }: Record<'user' | 'assistant', string> & { system?: string },
  end: string,
): string {
  const refusal = "raise_exception('this tokenizer has no token for a system turn')";
  return [
    '{% for message in messages %}',
    `{% if message.role == 'user' %}{{ ${quoted(user)} }}`,
    `{% elif message.role == 'assistant' %}{{ ${quoted(assistant)} }}`,
    `{% else %}{{ ${system === undefined ? refusal : quoted(system)} }}{% endif %}`,
    `{{ message.content + ${end} }}`,
    '{% endfor %}',
    `{% if add_generation_prompt %}{{ ${quoted(assistant)} }}{% endif %}`,
  ].join('');
}

const CHATML_TOKENS = ['<|im_start|>', '<|im_end|>'] as const;
const CHATML = [
  '{% for message in messages %}',
  "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}",
  '{% endfor %}',
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
].join('');

/** Who speaks has a line of his own: what is said after a space would begin within the token that holds that space. */
const plain = (end: string): string =>
  [
    '{% for message in messages %}',
    "{{ (message.role | capitalize) + ':\\n' + message.content }}",
    `{% if message.role == 'assistant' %}{{ ${end} }}{% endif %}{{ '\\n' }}`,
    '{% endfor %}',
    "{% if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}",
  ].join('');

/** As Jinja writes a text, which it escapes as JSON does. */
const quoted = (text: string): string => JSON.stringify(text);
