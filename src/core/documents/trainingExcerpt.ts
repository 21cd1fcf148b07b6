/** Start of a document as used for training. */
import type { BlobStore } from '../base/blobStore';
import { damaged, textOf } from './library';
import { documentsIn, startOf } from './open';

/**
 * Returns the first code points of a training document of a text, after its recipe.
 * @param index of the document, from 0
 * @throws HomegrownError `storage-damaged`, also if there are fewer documents
 */
export async function trainingExcerpt(
  store: BlobStore,
  id: string,
  index: number,
  characters: number,
): Promise<string> {
  const text = await textOf(store, id);
  let remaining = index;
  for await (const document of documentsIn(store, text)) if (remaining-- === 0) return startOf(document, characters);
  throw damaged(`${text.name} has fewer than ${index + 1} documents for training`);
}
