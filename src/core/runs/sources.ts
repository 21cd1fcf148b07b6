/** Finds the name of the text or document that tokens come from. */
import type { BlobStore } from '../base/blobStore';
import { isUnreadable } from '../base/record';
import { documentsOf, trainingSize, listTexts } from '../documents';
import type { DataFacts } from './settings';

/**
 * Returns names by document index in all of the data: the text's name or, for a single text, the document's own title.
 * Empty from the first text on that is no longer stored as it was in training.
 */
export async function sourcesOf(store: BlobStore, data: DataFacts | null): Promise<(place: number) => string> {
  const names: string[] = [];
  const storedTexts = data ? await listTexts(store) : [];
  const isSingle = data?.texts.length === 1;
  for (const { name, sha256 } of data?.texts ?? []) {
    const text = storedTexts.find((candidate) => trainingSize(candidate).sha256 === sha256);
    if (!text) break;
    try {
      for (const { title, spans } of await documentsOf(store, text)) {
        // Titles of table rows and conversations aren't used.
        const hasTitle = title !== undefined && title !== '' && spans === undefined && !text.conversations;
        names.push(isSingle && hasTitle ? title : name);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error; // the evaluation doesn't depend on names
      break;
    }
  }
  return (place) => names[place] ?? '';
}
