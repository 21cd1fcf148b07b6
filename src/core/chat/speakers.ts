/** What two people said to each other as a conversation in which one of them is the assistant. */
import { type Conversation, conversationProblem, type Message } from './conversation';

interface Turn {
  by: string;
  text: string;
}

/**
 * What one says several times in a row is one message, in lines. Without what the assistant says before anybody else does, and
 * what nobody answers. Null where others speak too, or nothing is answered.
 */
export function conversationBetween(turns: readonly Turn[], assistant: string): Conversation | null {
  if (new Set(turns.map(({ by }) => by)).size !== 2) return null;
  const messages: Message[] = [];
  for (const { by, text } of turns) {
    const role = by === assistant ? 'assistant' : 'user';
    const last = messages.at(-1);
    if (last?.role === role) last.content += `\n${text}`;
    else if (last || role === 'user') messages.push({ role, content: text });
  }
  if (messages.at(-1)?.role === 'user') messages.pop();
  return conversationProblem({ messages }) === null ? { messages } : null;
}
