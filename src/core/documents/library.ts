import { z } from '../base/zod';
import type { BlobStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { collectDrafts, draftKey } from '../base/draft';
import { HomegrownError, toFailure } from '../base/errors';
import { storedMoment } from '../base/moment';
import { type Kind, readAll, readRecord, type Unreadable } from '../base/record';
import { FORMATS } from './read';

/** A text in the store. Its chunks are UTF-8 bytes under `text/<id>/<n>`; this is under `texts/<id>`. */
const textRecord = z.object({
  id: z.string(),
  name: z.string(),
  /** Of the file as it was given, in hex. */
  sha256: z.string(),
  /** Bytes of the file. */
  size: z.int().nonnegative(),
  /** Characters (code points) and UTF-8 bytes of the text. */
  characters: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  records: z.int().nonnegative(),
  format: z.enum(Object.keys(FORMATS) as [keyof typeof FORMATS]),
  /** What the reader did that the person should know. */
  notes: z.array(z.string()),
  addedAt: storedMoment,
  licence: z.string().nullable(),
  /** Hidden, until it is restored or purged. */
  removed: z.boolean(),
});
export type TextRecord = z.infer<typeof textRecord>;

export const TEXT: Kind<TextRecord> = {
  what: (key) => `The entry of text ${key.slice(TEXTS.length)}`,
  version: 1,
  schema: textRecord,
  upgrades: [],
  keyOf: ({ id }) => textKey(id),
};

/** The texts that are not removed, oldest first. */
export async function listTexts(store: BlobStore): Promise<TextRecord[]> {
  return (await allTexts(store)).records.filter(({ removed }) => !removed);
}

/** Texts whose entry cannot be read, or is missing while parts of them are there that no import is at work on. */
export async function unreadableTexts(store: BlobStore): Promise<readonly Unreadable[]> {
  const { unreadable } = await allTexts(store);
  const listed = new Set(await store.keys(textKey('')));
  const ids = new Set((await store.keys(CHUNKS)).map((key) => key.split('/')[1]!));
  const drafts = new Set(await store.keys(draftKey(CHUNKS)));
  const lost = [...ids].filter((id) => !listed.has(textKey(id)) && !drafts.has(draftKey(textChunksPrefix(id))));
  const missing = lost.map((id) => {
    return {
      key: textKey(id),
      failure: toFailure(damaged(`The entry of text ${id} is missing, and its parts are there`)),
    };
  });
  return [...unreadable, ...missing];
}

/**
 * A text as a document to learn from.
 * @throws HomegrownError `storage-damaged` when it, or while it is read a chunk of it, is not there
 */
export async function openText(store: BlobStore, id: string): Promise<Document> {
  const { sha256, characters, bytes, records, name } = await textOf(store, id);
  return {
    sha256,
    characters,
    bytes,
    async *chunks() {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      for (let n = 0; n < records; n++) {
        const chunk = await store.get(textChunkKey(id, n));
        if (!(chunk instanceof Uint8Array)) throw damaged(`Part ${n + 1} of ${records} of ${name} is missing`);
        yield decoder.decode(chunk);
      }
    },
  };
}

/** The first `characters` of a text. */
export async function previewText(store: BlobStore, id: string, characters: number): Promise<string> {
  let text = '';
  for await (const chunk of (await openText(store, id)).chunks()) {
    text += chunk;
    // At most two code units a character.
    if (text.length >= 2 * characters) break;
  }
  return Array.from(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('');
}

/** Hides a text; `restoreText` undoes it, `purgeText` makes it final. */
export const removeText = (store: BlobStore, id: string): Promise<void> => mark(store, id, true);
export const restoreText = (store: BlobStore, id: string): Promise<void> => mark(store, id, false);

/** Drops a removed text for good; one that was restored meanwhile stays. */
export async function purgeText(store: BlobStore, id: string): Promise<void> {
  const text = textRecord.safeParse(await store.get(textKey(id)));
  if (text.success && !text.data.removed) return;
  await store.commit({ drop: [textKey(id), ...(await store.keys(textChunksPrefix(id)))] });
}

/**
 * At the start of a session: drops what imports (and other drafts) left that did not end, by a crash or a closed tab, and
 * texts removed in an earlier session. Returns how many of both. An import still running in another tab fails, `in-use`.
 */
export async function collectOrphans(store: BlobStore): Promise<number> {
  const drafts = await collectDrafts(store);
  const removed = (await allTexts(store)).records.filter((text) => text.removed);
  for (const { id } of removed) await purgeText(store, id);
  return drafts + removed.length;
}

const TEXTS = 'texts/';
export const textKey = (id: string): string => `${TEXTS}${id}`;
const CHUNKS = 'text/';
export const textChunksPrefix = (id: string): string => `${CHUNKS}${id}/`;
export const textChunkKey = (id: string, n: number): string => `${textChunksPrefix(id)}${n}`;

/** Those that can be read, oldest first, and those that cannot. */
async function allTexts(store: BlobStore): Promise<{ records: TextRecord[]; unreadable: Unreadable[] }> {
  const { records, unreadable } = await readAll(await store.keys(textKey('')), (key) =>
    readText(store, key.slice(textKey('').length)),
  );
  return { records: records.sort((a, b) => a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1)), unreadable };
}

const readText = (store: BlobStore, id: string): Promise<TextRecord | undefined> =>
  readRecord(store, textKey(id), TEXT);

async function textOf(store: BlobStore, id: string): Promise<TextRecord> {
  const text = await readText(store, id);
  if (!text) throw damaged(`There is no text ${id}`);
  return text;
}

async function mark(store: BlobStore, id: string, removed: boolean): Promise<void> {
  await store.commit({ put: [[textKey(id), { ...(await textOf(store, id)), removed }]] });
}

const damaged = (what: string): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `${what}.`,
    'Your other texts are not affected. Remove this one and add its file again.',
  );
