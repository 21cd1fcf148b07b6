/** Numbers of files and documents, in the same words everywhere on the Text page. */
import type { TextRecord } from '../../core/documents';

type CountedText = Pick<TextRecord, 'documents' | 'files'>;

/** `9 files` if each file is a document; `9 files, 412 documents` if one has several, such as the rows of a table. */
export function fileCounts(texts: readonly CountedText[]): readonly { count: number; noun: 'file' | 'document' }[] {
  const documents = texts.reduce((sum, text) => sum + text.documents, 0);
  // Texts of older builds don't store the number of files.
  const files = texts.reduce((sum, text) => sum + (text.files ?? (text.documents === 1 ? 1 : NaN)), 0);
  return [
    ...(Number.isNaN(files) ? [] : [{ count: files, noun: 'file' as const }]),
    ...(files === documents ? [] : [{ count: documents, noun: 'document' as const }]),
  ];
}
