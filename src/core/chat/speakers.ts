/** Converts a dialog of two speakers to a conversation in which one is the assistant. */
import { type Conversation, conversationProblem, type Message } from './conversation';

interface Turn {
  by: string;
  text: string;
}

/**
 * Joins consecutive turns of a speaker with line breaks. Drops assistant turns before the first question, and an
 * unanswered last question. Null if there aren't exactly two speakers, or no answer remains.
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
