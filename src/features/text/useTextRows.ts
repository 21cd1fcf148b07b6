import { useMemo, useState } from 'react';
import type { TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import type { SortOrder } from '../../ui';
import { hasOwnTitle, isListed, keyOf, type Row, rowsOf } from './rows';
import { useDocuments } from './useDocuments';

export interface TextSort {
  column: 'name' | 'characters' | 'addedAt';
  order: SortOrder;
}

/** Rows of the list of texts. @param query lowercase filter; while there is one, the documents of all texts are shown */
export function useTextRows(
  query: string,
  sort: TextSort,
): { rows: readonly Row[]; toggleDocuments: (textId: string) => void; showMore: (textId: string) => void } {
  const texts = useStudio((s) => s.texts);
  /** Ids of texts whose documents the user showed or hid. */
  const [toggledIds, setToggledIds] = useState<ReadonlySet<string>>(new Set());
  const isOpen = (text: TextRecord): boolean => areDocumentsShown(text, query, toggledIds);
  const textsToLoad = useMemo(
    () => texts.filter((text) => (text.documents > 1 ? areDocumentsShown(text, query, toggledIds) : hasOwnTitle(text))),
    [texts, toggledIds, query],
  );
  const { found, more } = useDocuments(textsToLoad, query);
  const sorted = texts.toSorted(by(sort.column));
  if (sort.order === 'descending') sorted.reverse();
  return {
    rows: rowsOf(sorted, found, query, isOpen),
    toggleDocuments: (id) =>
      setToggledIds((ids) => new Set(ids.has(id) ? [...ids].filter((toggled) => toggled !== id) : [...ids, id])),
    showMore: more,
  };
}

const areDocumentsShown = (text: TextRecord, query: string, toggledIds: ReadonlySet<string>): boolean =>
  query !== '' || isListed(text) !== toggledIds.has(text.id);

const by =
  (key: TextSort['column']) =>
  (a: TextRecord, b: TextRecord): number => {
    const [x, y] = [a[key], b[key]];
    return typeof x === 'string' ? x.localeCompare(String(y), undefined, { numeric: true }) : x - Number(y);
  };

type SelectableRow = Exclude<Row, { kind: 'more' }>;

interface RowSelection {
  texts: readonly TextRecord[];
  documents: readonly Extract<Row, { kind: 'document' }>[];
  isSelected(row: Row): boolean;
  /** Whether every row that can be selected is selected. */
  isAll: boolean;
  select(row: Row, isOn: boolean): void;
  selectAll(isOn: boolean): void;
  clear(): void;
}

/** Selection among these rows; hidden rows don't count. */
export function useRowSelection(rows: readonly Row[]): RowSelection {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const selectable = rows.filter((row): row is SelectableRow => row.kind !== 'more');
  const selected = selectable.filter((row) => keys.has(keyOf(row)));
  const toggle = (changed: readonly string[], isOn: boolean): void =>
    setKeys((before) => new Set([...[...before].filter((key) => !changed.includes(key)), ...(isOn ? changed : [])]));
  return {
    texts: selected.flatMap((row) => (row.kind === 'text' ? row.text : [])),
    documents: selected.flatMap((row) => (row.kind === 'document' ? row : [])),
    isSelected: (row) => keys.has(keyOf(row)),
    isAll: selected.length > 0 && selected.length === selectable.length,
    select: (row, isOn) => toggle([keyOf(row)], isOn),
    selectAll: (isOn) => toggle(selectable.map(keyOf), isOn),
    clear: () => setKeys(new Set()),
  };
}
