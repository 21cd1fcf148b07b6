/** Chats between people in imported texts, as conversations to tune on. */
import type { BlobStore } from '../core/base/blobStore';
import { badFile } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { conversationReader, rowOf } from '../core/chat/reader';
import { conversationBetween } from '../core/chat/speakers';
import {
  documentsIn,
  type ImportOutcome,
  importText,
  textOf,
  type TextRecord,
  type TextSource,
} from '../core/documents';
import { turnsOf } from '../core/documents/formats/chats/conversation';
import type { ImportSettings } from '../core/documents/import';

/** A person, and the number of conversations with one other. */
export interface Speaker {
  name: string;
  conversations: number;
}

/** Returns the people who speak with one other in documents of a text, the most frequent first. */
export async function speakersIn(store: BlobStore, id: string): Promise<readonly Speaker[]> {
  const counts = new Map<string, number>();
  for await (const { fields } of documentsIn(store, await textOf(store, id))) {
    const names = fields?.['speakers']?.split('\n') ?? [];
    if (names.length === 2) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const speakers = [...counts].map(([name, conversations]) => ({ name, conversations }));
  return speakers.toSorted((a, b) => b.conversations - a.conversations);
}

/**
 * Imports the conversations of one person as a text to tune on.
 * @throws HomegrownError `bad-file` if nobody speaks with that person, or the person answers nothing
 */
export async function importSpeakers(
  store: BlobStore,
  { id, assistant }: { id: string; assistant: string },
  settings: ImportSettings,
  job: Job,
): Promise<{ outcome: ImportOutcome; leftOut: number }> {
  const text = await textOf(store, id);
  const skipped = { count: 0 };
  const source = conversationSource(store, text, assistant, skipped);
  const outcome = await importText(
    source,
    store,
    { ...settings, licence: text.licence, isTuned: true, conversations: conversationReader },
    job,
  );
  return { outcome, leftOut: skipped.count };
}

/** @param skipped counts documents that aren't such conversations */
function conversationSource(
  store: BlobStore,
  text: TextRecord,
  assistant: string,
  skipped: { count: number },
): TextSource {
  const name = `${text.name}, ${assistant} answers`;
  async function* stream(): AsyncGenerator<Uint8Array> {
    let hasConversation = false;
    for await (const { fields, chunks } of documentsIn(store, text)) {
      const speakers = fields?.['speakers'] ?? '';
      const hasAssistant = speakers.split('\n').includes(assistant);
      let content = '';
      if (hasAssistant) for await (const chunk of chunks()) content += chunk;
      const conversation = hasAssistant ? conversationBetween(turnsOf(content, speakers), assistant) : null;
      if (conversation) {
        hasConversation = true;
        yield encoder.encode(`${rowOf(conversation)}\n`);
      } else skipped.count++;
    }
    if (!hasConversation)
      throw badFile(
        `In ${text.name}, ${assistant} answers nobody in a two-person chat.`,
        'Choose another speaker or text.',
      );
  }
  return { name, size: text.bytes, stream };
}
const encoder = new TextEncoder();
