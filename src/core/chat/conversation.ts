/** Conversations for instruction tuning: an optional system message, then questions and answers. */

import { rangeWithoutOuterSpace } from './python';

export const SPEAKERS = ['system', 'user', 'assistant'] as const;
export type Speaker = (typeof SPEAKERS)[number];

export interface Message {
  role: Speaker;
  content: string;
}

export interface Conversation {
  messages: readonly Message[];
  /** Name for errors: `line 12 of chats.jsonl`. */
  name?: string;
}

/** Name of a conversation in an error. */
export const nameOf = ({ name }: Conversation): string => name ?? 'a conversation';

/** Conversation from a row of two columns. */
export const pairConversation = (input: string, target: string): Conversation => ({
  messages: [
    { role: 'user', content: input },
    { role: 'assistant', content: target },
  ],
});

/**
 * Explains why a conversation can't be trained on, in words that follow its place (`line 2 has no messages`), or null.
 * @param expectedLast role of the last message; `user` for a prompt
 */
export function conversationProblem({ messages }: Conversation, expectedLast: Speaker = 'assistant'): string | null {
  if (messages.length === 0) return 'has no messages';
  for (const [i, { role, content }] of messages.entries()) {
    if (!isSpeaker(role)) return `has the role ${quoteValue(role)}, which isn't supported`;
    if (role === 'system' && i > 0) return `has a system message at position ${i + 1}; it must come first`;
    const previousRole = messages[i - 1]?.role ?? 'system';
    if (role === 'assistant' && previousRole === 'system') return 'starts with an answer';
    if (role === previousRole && i > 0) return `has two ${role} messages in a row, messages ${i} and ${i + 1}`;
    if (!content.isWellFormed()) return `has a lone surrogate in message ${i + 1}, which UTF-8 can't encode`;
    if (role === 'assistant' && isBlank(content)) return `has an empty answer, message ${i + 1}`;
  }
  const lastRole = messages.at(-1)!.role;
  return lastRole === expectedLast ? null : `ends with the ${lastRole}, not the ${expectedLast}`;
}

/** Formats an unsupported value for an error, truncated. */
export const quoteValue = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
};
const MAX_QUOTED_LENGTH = 80;

/** Whether the text is only white space to JavaScript or to Python. */
const isBlank = (text: string): boolean => text.trim() === '' || rangeWithoutOuterSpace(text)[0] === text.length;

export const isSpeaker = (role: unknown): role is Speaker => (SPEAKERS as readonly unknown[]).includes(role);
