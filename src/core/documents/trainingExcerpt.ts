/** Start of a document as used for training. */
import type { BlobStore } from '../base/blobStore';
import { damaged, textOf } from './library';
import { documentsIn, startOf } from './open';

/**
 * Returns the first code points of the `nth` training document of a text, counted from 0, as its recipe left them.
 * @throws HomegrownError `storage-damaged`, also if there are fewer documents
 */
export async function trainingExcerpt(store: BlobStore, id: string, nth: number, characters: number): Promise<string> {
  const text = await textOf(store, id);
  let left = nth;
  for await (const document of documentsIn(store, text)) if (left-- === 0) return startOf(document, characters);
  throw damaged(`${text.name} has fewer than ${nth + 1} documents for training`);
}
