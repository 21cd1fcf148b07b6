/** Conversations for training, also as rows of each shape. */
import fc from 'fast-check';
import type { Conversation, Message } from '../core/chat/conversation';
import type { ShapeId } from '../core/chat/shapes';
import type { Row } from '../core/chat/shapes/shape';
import type { BlobStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { conversationReader } from '../core/chat/reader';
import { importText, type TextRecord, type TextSource } from '../core/documents';

const text = fc.string({ unit: 'binary' }).filter((content) => content.isWellFormed());
const sentence = text.map((candidate) => `${candidate}.`);
export const conversations: fc.Arbitrary<Conversation> = fc
  .record({
    system: fc.option(sentence),
    turns: fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 4 }),
  })
  .map(({ system, turns }) => ({
    messages: [
      ...(system === null ? [] : [{ role: 'system', content: system } as const]),
      ...turns.flatMap(([user, assistant]): Message[] => [
        { role: 'user', content: user },
        { role: 'assistant', content: assistant },
      ]),
    ],
  }));

/** Converts a conversation to a row of each shape. */
export const rowIn: Record<ShapeId, (conversation: Conversation) => Row> = {
  openai: ({ messages }) => ({
    messages: messages.map(({ role, content }, i) => ({
      role,
      content: i % 2 === 0 ? content : Array.from(content, (letter) => ({ type: 'text', text: letter })),
    })),
  }),
  sharegpt: ({ messages }) => ({
    conversations: messages.map(({ role, content }) => ({
      from: { system: 'system', user: 'human', assistant: 'gpt' }[role],
      value: content,
    })),
  }),
  alpaca: ({ messages }) => {
    const system = messages.find(({ role }) => role === 'system')?.content;
    const others = messages.filter(({ role }) => role !== 'system').map(({ content }) => content);
    const pairs = others.flatMap((message, i) => (i % 2 === 0 ? [[message, others[i + 1]!] as const] : []));
    const [instruction, output] = pairs.pop()!;
    return { instruction, input: '', output, history: pairs, ...(system !== undefined && { system }) };
  },
};

/** Conversation with alternating turns, the user first. */
export const chat = (...said: readonly string[]) => ({
  messages: said.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content })),
});

export const lines = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

/** Options to import chats into a store. */
export const asChats = { addedAt: 1, isTuned: true, conversations: conversationReader };
export const chatText = async (store: BlobStore, source: TextSource): Promise<TextRecord> => {
  const imported = await importText(source, store, asChats, unwatched);
  if (imported.kind !== 'added') throw new Error('it is there already');
  return imported.text;
};
