/** What is said in turns, which a model learns to answer in: a system turn where there is one, then questions and answers. */

import { innerOf } from './python';

export const SPEAKERS = ['system', 'user', 'assistant'] as const;
export type Speaker = (typeof SPEAKERS)[number];

export interface Message {
  role: Speaker;
  content: string;
}

export interface Conversation {
  messages: readonly Message[];
  /** Its place, for errors: `line 12 of chats.jsonl`. */
  name?: string;
}

/** What a conversation is called in an error. */
export const nameOf = ({ name }: Conversation): string => name ?? 'a conversation';

/** A row of two columns. */
export const ofPair = (input: string, target: string): Conversation => ({
  messages: [
    { role: 'user', content: input },
    { role: 'assistant', content: target },
  ],
});

/**
 * Why no answer can be trained on, in words that follow its place (`line 2 has no messages`); null if one can.
 * @param last who speaks last: who is asked for an answer ends with the user
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

/** What a file has in place of what is known, as far as it can be read. */
export const quoted = (value: unknown): string => {
  const words = value === undefined ? 'nothing' : JSON.stringify(value);
  return words.length > MAX_QUOTED ? `${words.slice(0, MAX_QUOTED)}…` : words;
};
const MAX_QUOTED = 80;

/** White space alone, to JavaScript or to Python. */
const isBlank = (text: string): boolean => text.trim() === '' || innerOf(text)[0] === text.length;

export const isSpeaker = (role: unknown): role is Speaker => (SPEAKERS as readonly unknown[]).includes(role);
