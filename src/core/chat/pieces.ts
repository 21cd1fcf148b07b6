/**
 * Default chat templates, and the fixed text that they write before and after each message. Programs without Jinja can
 * render them from these pieces.
 */
import type { Speaker } from './conversation';

/** Text before and after a message. */
export interface Around {
  before: string;
  after: string;
}

export interface Pieces {
  /** Absent if system messages aren't supported. */
  system?: Around;
  user: Around;
  assistant: Around;
  /** Generation prompt. */
  asks: string;
}

/** Template that writes each turn as its role token, the message and the end-of-text token. */
export function byTokens(
  { system, user, assistant }: Record<'user' | 'assistant', string> & { system?: string },
  end: string,
): string {
  const refusal = "raise_exception('this tokenizer has no token for a system turn')";
  return [
    '{% for message in messages %}',
    `{% if message.role == 'user' %}{{ ${quoted(user)} }}`,
    `{% elif message.role == 'assistant' %}{{ ${quoted(assistant)} }}`,
    `{% else %}{{ ${system === undefined ? refusal : quoted(system)} }}{% endif %}`,
    `{{ message.content + ${quoted(end)} }}`,
    '{% endfor %}',
    `{% if add_generation_prompt %}{{ ${quoted(assistant)} }}{% endif %}`,
  ].join('');
}

export const CHATML_TOKENS = ['<|im_start|>', '<|im_end|>'] as const;
export const CHATML = [
  '{% for message in messages %}',
  "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}",
  '{% endfor %}',
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
].join('');

/** Puts each role on its own line. After a space, a message would begin inside the token with that space. */
export const plain = (end: string): string =>
  [
    '{% for message in messages %}',
    "{{ (message.role | capitalize) + ':\\n' + message.content }}",
    `{% if message.role == 'assistant' %}{{ ${quoted(end)} }}{% endif %}{{ '\\n' }}`,
    '{% endfor %}',
    "{% if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}",
  ].join('');

/** Quotes a text for Jinja, which has the same escapes as JSON. */
const quoted = (text: string): string => JSON.stringify(text);

/** Pieces of one of these templates; null for any other, which may do anything. */
export function piecesOf(source: string): Pieces | null {
  if (source === CHATML) {
    const around = (role: Speaker): Around => ({ before: `<|im_start|>${role}\n`, after: '<|im_end|>\n' });
    const [system, user, assistant] = [around('system'), around('user'), around('assistant')];
    return { system, user, assistant, asks: assistant.before };
  }
  const texts = Array.from(source.matchAll(/"(?:[^"\\]|\\.)*"/g), ([text]) => textIn(text));
  const [first = '', second = '', third = '', fourth] = texts;
  if (source === plain(first)) {
    const around = (name: string, after = '\n'): Around => ({ before: `${name}:\n`, after });
    return {
      system: around('System'),
      user: around('User'),
      assistant: around('Assistant', `${first}\n`),
      asks: 'Assistant:\n',
    };
  }
  // The last text is the generation prompt, which repeats the assistant's token.
  const [system, end] = texts.length === 5 ? [third, fourth!] : [undefined, third];
  if (source !== byTokens({ user: first, assistant: second, ...(system !== undefined && { system }) }, end))
    return null;
  const around = (before: string): Around => ({ before, after: end });
  return {
    ...(system !== undefined && { system: around(system) }),
    user: around(first),
    assistant: around(second),
    asks: second,
  };
}

function textIn(quotes: string): string {
  try {
    return String(JSON.parse(quotes));
  } catch {
    return '';
  }
}

/** Renders a conversation as the template does, with the generation prompt unless an answer is last. */
export const piecedTogether = (
  { asks, ...pieces }: Pieces,
  messages: readonly { role: Speaker; content: string }[],
): string =>
  messages.map(({ role, content }) => `${pieces[role]?.before ?? ''}${content}${pieces[role]?.after ?? ''}`).join('') +
  (messages.at(-1)?.role === 'assistant' ? '' : asks);
