/**
 * The templates that a chat is written in where nobody has chosen another, and what they write before and after what is said:
 * that is all there is to them, so that programs without Jinja can write the same.
 */
import type { Speaker } from './conversation';

/** What stands around what somebody says. */
export interface Around {
  before: string;
  after: string;
}

export interface Pieces {
  /** Absent: it takes no system turn. */
  system?: Around;
  user: Around;
  assistant: Around;
  /** Where an answer is to follow. */
  asks: string;
}

/** A turn is its token, what is said, and the end of text. */
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

/** Who speaks has a line of his own: what is said after a space would begin within the token that holds that space. */
export const plain = (end: string): string =>
  [
    '{% for message in messages %}',
    "{{ (message.role | capitalize) + ':\\n' + message.content }}",
    `{% if message.role == 'assistant' %}{{ ${quoted(end)} }}{% endif %}{{ '\\n' }}`,
    '{% endfor %}',
    "{% if add_generation_prompt %}{{ 'Assistant:\\n' }}{% endif %}",
  ].join('');

/** As Jinja writes a text, which it escapes as JSON does. */
const quoted = (text: string): string => JSON.stringify(text);

/** Of one of these templates; null of any other, which may do anything. */
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
  // The last text is what asks for an answer, which is the assistant's token again.
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

/** A conversation that asks for an answer, or that ends with one, as the template writes it. */
export const piecedTogether = (
  { asks, ...pieces }: Pieces,
  messages: readonly { role: Speaker; content: string }[],
): string =>
  messages.map(({ role, content }) => `${pieces[role]?.before ?? ''}${content}${pieces[role]?.after ?? ''}`).join('') +
  (messages.at(-1)?.role === 'assistant' ? '' : asks);
