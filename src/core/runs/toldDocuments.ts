/** Which documents the texts are that a run learnt from: what a text of several is told by, besides its hash. */
import type { BlobStore } from '../base/blobStore';
import { LARGEST_JSON } from '../base/limits';
import { isUnreadable } from '../base/record';
import { documentsOf, learntOf, listTexts } from '../documents';
import type { DataFacts, ToldDocuments } from './settings';

/** Of texts that are stored as they were learnt from; not of so many documents that the file could not be read again. */
export async function toldDocuments(store: BlobStore, data: DataFacts | null): Promise<ToldDocuments> {
  if (!data) return [];
  const there = await listTexts(store);
  const told: ToldDocuments = [];
  let left = MOST_BYTES;
  for (const { sha256 } of data.texts) {
    const text = there.find((text) => learntOf(text).sha256 === sha256 && learntOf(text).documents > 1);
    if (!text) continue;
    try {
      const documents = await documentsOf(store, text);
      const title = documents.map((document) => document.title!.slice(0, LONGEST_TITLE));
      left -= title.reduce((sum, each) => sum + 4 * each.length + BYTES_A_DOCUMENT, 0);
      if (left > 0) told.push({ text: sha256, title, sha256: documents.map((document) => document.sha256) });
    } catch (error) {
      if (!isUnreadable(error)) throw error; // the run does not depend on it
    }
  }
  return told;
}
const MOST_BYTES = LARGEST_JSON / 2;
const BYTES_A_DOCUMENT = 100;
const LONGEST_TITLE = 1000;
