/** Conversations for instruction tuning: an optional system message, then questions and answers. */

import { innerOf } from './python';

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
export const ofPair = (input: string, target: string): Conversation => ({
  messages: [
    { role: 'user', content: input },
    { role: 'assistant', content: target },
  ],
});

/**
 * Explains why a conversation can't be trained on, in words that follow its place (`line 2 has no messages`), or null.
 * @param last role of the last message; `user` for a prompt
 */
export function conversationProblem({ messages }: Conversation, last: Speaker = 'assistant'): string | null {
  if (messages.length === 0) return 'has no messages';
  for (const [i, { role, content }] of messages.entries()) {
    if (!isSpeaker(role)) return `has the role ${quoted(role)}, which isn't supported`;
    if (role === 'system' && i > 0) return `has a system message at position ${i + 1}; it must come first`;
    const before = messages[i - 1]?.role ?? 'system';
    if (role === 'assistant' && before === 'system') return 'starts with an answer';
    if (role === before && i > 0) return `has two ${role} messages in a row, messages ${i} and ${i + 1}`;
    if (!content.isWellFormed()) return `has a lone surrogate in message ${i + 1}, which UTF-8 can't encode`;
    if (role === 'assistant' && isBlank(content)) return `has an empty answer, message ${i + 1}`;
  }
  const end = messages.at(-1)!.role;
  return end === last ? null : `ends with the ${end}, not the ${last}`;
}

/** Formats an unsupported value for an error, truncated. */
export const quoted = (value: unknown): string => {
  const words = value === undefined ? 'nothing' : JSON.stringify(value);
  return words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED)}…` : words;
};
const MAX_QUOTED = 80;

/** Whether the text is only white space to JavaScript or to Python. */
const isBlank = (text: string): boolean => text.trim() === '' || innerOf(text)[0] === text.length;

export const isSpeaker = (role: unknown): role is Speaker => (SPEAKERS as readonly unknown[]).includes(role);
