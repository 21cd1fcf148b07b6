/** Documents of a run's training texts, and their cleaning recipes. Resuming from files needs both. */
import type { BlobStore } from '../base/blobStore';
import { MAX_JSON_BYTES } from '../base/limits';
import { isUnreadable, readRecordsUnder } from '../base/record';
import { asRead, documentsOf, trainingSize, listTexts, type TextRecord } from '../documents';
import { CLEANED, CLEANED_TEXTS, type CleanedRecord } from '../documents/clean/record';
import type { DataFacts, DocumentLists } from './settings';

type DataTexts = Pick<DataFacts, 'texts'>;

/**
 * Includes texts that are stored as in training, or as the originals of cleaned ones. Leaves out chats, which are read
 * from their file alone, and lists too long for a file that can be read again.
 */
export async function documentListsOf(store: BlobStore, data: DataTexts | null): Promise<DocumentLists> {
  if (!data) return [];
  const storedTexts = await listTexts(store);
  const lists: DocumentLists = [];
  let remainingBytes = MAX_BYTES;
  for (const { sha256: ownHash, cleaned } of data.texts) {
    const sha256 = cleaned?.from ?? ownHash;
    const hashOf = (text: TextRecord): string => (cleaned ? text : trainingSize(text)).sha256;
    const text = storedTexts.find((candidate) => hashOf(candidate) === sha256);
    if (!text || text.conversations || (cleaned ? text : trainingSize(text)).documents === 1) continue;
    try {
      const documents = await documentsOf(store, cleaned ? asRead(text) : text);
      const titles = documents.map((document) => document.title!.slice(0, MAX_TITLE_LENGTH));
      remainingBytes -= titles.reduce((sum, each) => sum + 4 * each.length + BYTES_PER_DOCUMENT, 0);
      const hashes = documents.map((document) => document.sha256);
      const leftOut = cleaned && text.leftOut?.places;
      if (remainingBytes > 0) lists.push({ text: sha256, title: titles, sha256: hashes, ...(leftOut && { leftOut }) });
    } catch (error) {
      if (!isUnreadable(error)) throw error; // the run doesn't depend on the list
    }
  }
  return lists;
}
const MAX_BYTES = MAX_JSON_BYTES / 2;
const BYTES_PER_DOCUMENT = 100;
const MAX_TITLE_LENGTH = 1000;

/** Cleaning recipe of the texts; undefined if there is none, more than one, or it is no longer stored. */
export async function storableRecipe(
  store: BlobStore,
  data: DataTexts | null,
): Promise<CleanedRecord['recipe'] | undefined> {
  const hashes = new Set(data?.texts.flatMap(({ cleaned }) => cleaned?.recipe ?? []));
  if (hashes.size !== 1) return undefined;
  const { records } = await readRecordsUnder(store, CLEANED_TEXTS, CLEANED);
  return [...records.values()].find(({ hash }) => hashes.has(hash))?.recipe;
}
