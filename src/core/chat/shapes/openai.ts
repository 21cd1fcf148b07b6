import { isSpeaker, type Message, quoteValue } from '../conversation';
import { hasContent, isRow, type Row, type Shape } from './shape';

/** Messages with a role and content. Newer files call the system role `developer`. */
export const openai: Shape = {
  label: 'OpenAI',
  source: 'https://platform.openai.com/docs/guides/supervised-fine-tuning',
  recognizes: ({ messages }) =>
    Array.isArray(messages) && messages.every((message) => isRow(message) && 'role' in message),
  conversation(row) {
    if (hasContent(row['tools']) || hasContent(row['functions'])) return "has tools, which aren't supported";
    const messages: Message[] = [];
    for (const [i, message] of (row['messages'] as readonly Row[]).entries()) {
      const role = message['role'] === 'developer' ? 'system' : message['role'];
      if (!isSpeaker(role)) return `has the role ${quoteValue(role)}, which isn't supported`;
      if (hasContent(message['tool_calls'])) return `calls a tool in message ${i + 1}, which isn't supported`;
      // Answers of weight 0 are context, masked from the loss.
      if (message['weight'] === 0) return `has an answer with weight 0, message ${i + 1}, which isn't supported`;
      const content = textOf(message['content']);
      if (content === null) return `has a message that isn't only text, message ${i + 1}`;
      messages.push({ role, content });
    }
    return { messages };
  },
};

/** Joins text content or text parts; null if there is anything else. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part) =>
    isRow(part) && part['type'] === 'text' && typeof part['text'] === 'string' ? part['text'] : null,
  );
  return texts.includes(null) ? null : texts.join('');
}
