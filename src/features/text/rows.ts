/** Rows of the list of texts: texts, documents of open texts, and a row for the documents not loaded yet. */
import type { DocumentRow, TextRecord } from '../../core/documents';
import { FORMATS, isOfDocuments, isTable } from '../../core/documents/formats';
import type { DocumentRows } from './useDocuments';

export type Row =
  /** `title`: title of the only document, if the text has one. */
  | { kind: 'text'; text: TextRecord; isOpen: boolean | undefined; title?: string }
  | { kind: 'document'; text: TextRecord; document: DocumentRow }
  | { kind: 'more'; text: TextRecord; count: number };

export const keyOf = (row: Row): string =>
  row.kind === 'document'
    ? `${row.text.id}/${row.document.place}`
    : row.kind === 'more'
      ? `${row.text.id}/more`
      : row.text.id;

/**
 * @param documents loaded documents by text id
 * @param query lowercase filter, which matches names of texts and documents
 */
export function rowsOf(
  texts: readonly TextRecord[],
  documents: ReadonlyMap<string, DocumentRows>,
  query: string,
  isOpen: (text: TextRecord) => boolean,
): readonly Row[] {
  return texts.flatMap((text): Row[] => {
    const isMatch = text.name.toLowerCase().includes(query);
    if (text.documents === 1) {
      const document = documents.get(text.id)?.rows[0];
      if (!isMatch && !document) return [];
      return [{ kind: 'text', text, isOpen: undefined, ...(document && { title: document.title }) }];
    }
    const { rows = [], of = 0 } = (isOpen(text) && documents.get(text.id)) || {};
    if (!isMatch && rows.length === 0) return [];
    return [
      { kind: 'text', text, isOpen: isOpen(text) },
      ...rows.map((document) => ({ kind: 'document' as const, text, document })),
      ...(of > rows.length ? [{ kind: 'more' as const, text, count: of - rows.length }] : []),
    ];
  });
}

/** Whether a text is a single document, which may have a title other than the file's name. */
export const hasOwnTitle = ({ documents, formats }: TextRecord): boolean =>
  documents === 1 && formats.some(isOfDocuments);

/** Name of a row: its file, also for one of several documents; the title if the file is named like the text. */
export function nameOf({ text, ...row }: Exclude<Row, { kind: 'more' }>): string {
  if (row.kind === 'text') return text.name;
  const { file, title } = row.document;
  return file === text.name ? title : file;
}

/** Accessible name: a file with several documents is named with the document's title. */
export function labelOf(row: Exclude<Row, { kind: 'more' }>): string {
  const title = row.kind === 'document' ? titleOf(row) : '';
  return title === '' ? nameOf(row) : `${nameOf(row)}: ${title}`;
}

/** Title of a row; empty if it says no more than the name. */
export function titleOf(row: Row): string {
  if (row.kind === 'more') return '';
  const title = row.kind === 'text' ? (row.title ?? '') : row.document.title;
  return title === nameOf(row) ? '' : title;
}

export function kindOf(row: Row): string {
  if (row.kind === 'more') return '';
  const formats = row.kind === 'text' ? row.text.formats : [row.document.format];
  return formats.length === 1 ? FORMATS[formats[0]!].label : `${formats.length} kinds`;
}

/** Whether a text's documents are listed by default: a few files, but not rows of a table. */
export const isListed = ({ documents, formats }: TextRecord): boolean =>
  documents > 1 && documents <= MAX_LISTED && !formats.some(isTable);
const MAX_LISTED = 20;
