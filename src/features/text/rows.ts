/** The rows of the list of texts: a text, its documents under it where it is open, and how many more there are. */
import type { DocumentRow, TextRecord } from '../../core/documents';
import type { DocumentRows } from '../../state/texts';

export type Row =
  | { kind: 'text'; text: TextRecord; isOpen: boolean | undefined }
  | { kind: 'document'; text: TextRecord; document: DocumentRow }
  | { kind: 'more'; text: TextRecord; count: number };

export const keyOf = (row: Row): string =>
  row.kind === 'document'
    ? `${row.text.id}/${row.document.place}`
    : row.kind === 'more'
      ? `${row.text.id}/more`
      : row.text.id;

/**
 * @param found by the texts' ids
 * @param wanted in lower case: a text is there where it or one of its documents is called so
 */
export function rowsOf(
  texts: readonly TextRecord[],
  found: ReadonlyMap<string, DocumentRows>,
  wanted: string,
  isOpen: (text: TextRecord) => boolean,
): readonly Row[] {
  return texts.flatMap((text): Row[] => {
    const isOne = text.documents === 1;
    const { rows = [], of = 0 } = (!isOne && isOpen(text) && found.get(text.id)) || {};
    const isCalled = text.name.toLowerCase().includes(wanted);
    if (!isCalled && rows.length === 0) return [];
    return [
      { kind: 'text', text, isOpen: isOne ? undefined : isOpen(text) },
      ...rows.map((document) => ({ kind: 'document' as const, text, document })),
      ...(of > rows.length ? [{ kind: 'more' as const, text, count: of - rows.length }] : []),
    ];
  });
}
