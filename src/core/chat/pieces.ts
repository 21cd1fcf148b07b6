/**
 * Default chat templates, and the fixed text that they write before and after each message. Programs without Jinja can
 * render them from these pieces.
 */
import type { Speaker } from './conversation';

/** Text before and after a message. */
export interface Affixes {
  before: string;
  after: string;
}

export interface Pieces {
  /** Absent if system messages aren't supported. */
  system?: Affixes;
  user: Affixes;
  assistant: Affixes;
  /** Generation prompt. */
  asks: string;
}

/** Template that writes each turn as its role token, the message and the end-of-text token. */
export function roleTokenTemplate(
  { system, user, assistant }: Record<'user' | 'assistant', string> & { system?: string },
  endOfText: string,
): string {
  const refusal = "raise_exception('this tokenizer has no token for a system turn')";
  return [
    '{% for message in messages %}',
    `{% if message.role == 'user' %}{{ ${jinjaString(user)} }}`,
    `{% elif message.role == 'assistant' %}{{ ${jinjaString(assistant)} }}`,
    `{% else %}{{ ${system === undefined ? refusal : jinjaString(system)} }}{% endif %}`,
    `{{ message.content + ${jinjaString(endOfText)} }}`,
    '{% endfor %}',
    `{% if add_generation_prompt %}{{ ${jinjaString(assistant)} }}{% endif %}`,
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
export const plainTemplate = (endOfText: string): string =>
  [
    '{% for message in messages %}',
    "{{ (message.role | capitalize) + ':\\n' + message.content }}",
    `{% if message.role == 'assistant' %}{{ ${jinjaString(endOfText)} }}{% endif %}{{ '\\n' }}`,
    '{% endfor %}',
    "{% if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}",
  ].join('');

/** Quotes a text for Jinja, which has the same escapes as JSON. */
const jinjaString = (text: string): string => JSON.stringify(text);

/** Pieces of one of these templates; null for any other, which may do anything. */
export function piecesOf(source: string): Pieces | null {
  if (source === CHATML) {
    const affixes = (role: Speaker): Affixes => ({ before: `<|im_start|>${role}\n`, after: '<|im_end|>\n' });
    const [system, user, assistant] = [affixes('system'), affixes('user'), affixes('assistant')];
    return { system, user, assistant, asks: assistant.before };
  }
  const texts = Array.from(source.matchAll(/"(?:[^"\\]|\\.)*"/g), ([text]) => parseString(text));
  const [first = '', second = '', third = '', fourth] = texts;
  if (source === plainTemplate(first)) {
    const affixes = (name: string, after = '\n'): Affixes => ({ before: `${name}:\n`, after });
    return {
      system: affixes('System'),
      user: affixes('User'),
      assistant: affixes('Assistant', `${first}\n`),
      asks: 'Assistant:\n',
    };
  }
  // The last text is the generation prompt, which repeats the assistant's token.
  const [system, end] = texts.length === 5 ? [third, fourth!] : [undefined, third];
  if (source !== roleTokenTemplate({ user: first, assistant: second, ...(system !== undefined && { system }) }, end))
    return null;
  const affixes = (before: string): Affixes => ({ before, after: end });
  return {
    ...(system !== undefined && { system: affixes(system) }),
    user: affixes(first),
    assistant: affixes(second),
    asks: second,
  };
}

function parseString(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
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
