/** Which text or document the tokens of data are of, by the names that people know. */
import type { BlobStore } from '../base/blobStore';
import { isUnreadable } from '../base/record';
import { documentsOf, trainingSize, listTexts } from '../documents';
import type { DataFacts } from './settings';

/**
 * Name of the text of a document, by its place among all of the data; of a single text, the document's own title. Empty from
 * the first text on that is no longer stored as it was in training.
 */
export async function sourcesOf(store: BlobStore, data: DataFacts | null): Promise<(place: number) => string> {
  const names: string[] = [];
  const there = data ? await listTexts(store) : [];
  const isSingle = data?.texts.length === 1;
  for (const { name, sha256 } of data?.texts ?? []) {
    const text = there.find((each) => trainingSize(each).sha256 === sha256);
    if (!text) break;
    try {
      for (const { title, spans } of await documentsOf(store, text)) {
        // A row of a table is not, and a conversation is one.
        const isCalled = title !== undefined && title !== '' && spans === undefined && !text.conversations;
        names.push(isSingle && isCalled ? title : name);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error; // what is measured does not depend on it
      break;
    }
  }
  return (place) => names[place] ?? '';
}
