import { isSpeaker, type Message, quoted } from '../conversation';
import { hasSome, isRow, type Row, type Shape } from './shape';

/** Messages with a role and a content; `developer` is what newer files call the system. */
export const openai: Shape = {
  label: 'OpenAI’s',
  source: 'https://platform.openai.com/docs/guides/supervised-fine-tuning',
  recognises: ({ messages }) => Array.isArray(messages) && messages.every((one) => isRow(one) && 'role' in one),
  conversation(row) {
    if (hasSome(row['tools']) || hasSome(row['functions'])) return 'has tools, which are not known here';
    const messages: Message[] = [];
    for (const [i, message] of (row['messages'] as readonly Row[]).entries()) {
      const role = message['role'] === 'developer' ? 'system' : message['role'];
      if (!isSpeaker(role)) return `has a message of ${quoted(role)}, a role that is not known here`;
      if (hasSome(message['tool_calls'])) return `calls a tool in message ${i + 1}, which is not known here`;
      // Answers of weight 0 are shown and not learnt.
      if (message['weight'] === 0)
        return `has an answer of weight 0, message ${i + 1}, and all answers are learnt here`;
      const content = textOf(message['content']);
      if (content === null) return `has a message that is not text alone, number ${i + 1}`;
      messages.push({ role, content });
    }
    return { messages };
  },
};

/** A text, or parts of one. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part) =>
    isRow(part) && part['type'] === 'text' && typeof part['text'] === 'string' ? part['text'] : null,
  );
  return texts.includes(null) ? null : texts.join('');
}
