/** How a document begins, as it is learnt. */
import type { BlobStore } from '../base/blobStore';
import { damaged, textOf } from './library';
import { documentsIn, startOf } from './open';

/**
 * Of the documents of a text that are learnt from, the `nth` from 0: its first code points, as a recipe left them.
 * @throws HomegrownError `storage-damaged`, also where there are not so many
 */
export async function learntStart(store: BlobStore, id: string, nth: number, characters: number): Promise<string> {
  const text = await textOf(store, id);
  let left = nth;
  for await (const document of documentsIn(store, text)) if (left-- === 0) return startOf(document, characters);
  throw damaged(`${text.name} has fewer than ${nth + 1} documents for training`);
}
