/** Reads a cleaned text: its documents, and the list of removed ones. */
import type { BlobStore } from '../../base/blobStore';
import type { Document } from '../../base/document';
import { HomegrownError } from '../../base/errors';
import { readRecord } from '../../base/record';
import type { TextRecord } from '../record';
import { CLEANED, cleanedKey, type CleanedRecord, LEFT, LEFT_BLOCK, leftKey, type LeftOut } from './record';

/** @throws HomegrownError `storage-damaged` if the record is missing, `newer-version` */
export async function cleanedRecordOf(store: BlobStore, id: string, name: string): Promise<CleanedRecord> {
  const record = await readRecord(store, cleanedKey(id), CLEANED);
  if (!record) throw missing(`The cleaned text of ${name} is missing`);
  return record;
}

/**
 * Yields the documents left out, in text order, one block at a time.
 * @throws HomegrownError `storage-damaged`, `newer-version`
 */
export async function* leftOutOf(
  store: BlobStore,
  { id, left: removedCount }: Pick<CleanedRecord, 'id' | 'left'>,
): AsyncGenerator<LeftOut> {
  for (let index = 0; index * LEFT_BLOCK < removedCount; index++) {
    const block = await readRecord(store, leftKey(id, index), LEFT);
    if (!block) throw missing(`Part ${index + 1} of the list of removed documents is missing`);
    yield* block.documents;
  }
}

/**
 * Yields the cleaned documents with the ID and the indices of the original text.
 * @param open yields the documents of a text
 */
export async function* cleanedDocuments(
  store: BlobStore,
  { id: text, name }: TextRecord,
  cleanedId: string,
  open: (text: TextRecord) => AsyncIterable<Document>,
): AsyncGenerator<Document> {
  const record = await cleanedRecordOf(store, cleanedId, name);
  if (!record.text) return;
  const leftOut = leftOutOf(store, record);
  const nextRemoved = async (): Promise<number | undefined> =>
    ((await leftOut.next()).value as LeftOut | undefined)?.place;
  let [place, removedPlace] = [0, await nextRemoved()];
  for await (const document of open(record.text)) {
    for (; place === removedPlace; place++) removedPlace = await nextRemoved();
    yield { ...document, text, place: place++ };
  }
}

const missing = (what: string): HomegrownError =>
  new HomegrownError('storage-damaged', `${what}.`, 'The original text is safe. Use the originals, then clean again.');
