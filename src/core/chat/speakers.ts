/** Converts a dialog of two speakers to a conversation in which one is the assistant. */
import { type Conversation, conversationProblem, type Message } from './conversation';

interface Turn {
  author: string;
  text: string;
}

/**
 * Joins consecutive turns of a speaker with line breaks. Drops assistant turns before the first question, and an
 * unanswered last question. Null if there aren't exactly two speakers, or no answer remains.
 */
export function conversationBetween(turns: readonly Turn[], assistant: string): Conversation | null {
  if (new Set(turns.map(({ author }) => author)).size !== 2) return null;
  const messages: Message[] = [];
  for (const { author, text } of turns) {
    const role = author === assistant ? 'assistant' : 'user';
    const lastMessage = messages.at(-1);
    if (lastMessage?.role === role) lastMessage.content += `\n${text}`;
    else if (lastMessage || role === 'user') messages.push({ role, content: text });
  }
  if (messages.at(-1)?.role === 'user') messages.pop();
  return conversationProblem({ messages }) === null ? { messages } : null;
}
