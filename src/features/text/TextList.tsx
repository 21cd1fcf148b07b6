import { type ReactNode, type RefObject, useMemo, useRef, useState } from 'react';
import { formatCount, formatShort } from '../../core/base/units';
import type { TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import { Block, Button, DropZone, MenuButton, Pane, SearchField, Table, type DroppedFile } from '../../ui';
import { ImportProgress } from './ImportProgress';
import { LazyLicenceDialog } from './LazyLicenceDialog';
import { keyOf, type Row } from './rows';
import { ReadingOptions } from './ReadingOptions';
import { SelectionBar } from './SelectionBar';
import { textColumns } from './textColumns';
import styles from './TextList.module.css';
import { type TextSort, useRowSelection, useTextRows } from './useTextRows';

/** Selected text, or one of its documents. */
export interface Chosen {
  id: string;
  place?: number;
}
interface TextListProps {
  chosen: Chosen | undefined;
  onChoose: (chosen: Chosen) => void;
  onFiles: (files: DroppedFile[]) => void;
  onPaste: () => void;
  /** Content above the table. */
  questions: ReactNode;
}

export function TextList({ questions, chosen, onChoose, onFiles, onPaste }: TextListProps) {
  const hasTexts = useStudio((s) => s.texts.length > 0);
  const leaveOut = useStudio((s) => s.leaveOut);
  const table = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<TextSort>({ column: 'addedAt', order: 'ascending' });
  const query = filter.trim().toLowerCase();
  const { rows, toggleDocuments, showMore } = useTextRows(query, sort);
  const selection = useRowSelection(rows);
  const remove = useRemoveTexts(rows, table);
  const choose = (row: Row): void => {
    if (row.kind === 'more') return;
    onChoose({ id: row.text.id, ...(row.kind === 'document' && { place: row.document.place }) });
    if (row.kind === 'text' && row.isOpen !== undefined) toggleDocuments(row.text.id);
  };
  const columns = textColumns(selection, {
    showMore,
    remove: (text) => remove([text]),
    leaveOut: (textId, place, isOut) => void leaveOut(textId, [place], isOut),
  });
  return (
    <Pane
      title="Texts"
      hint={query === '' ? undefined : `${formatCount(rows.filter(({ kind }) => kind === 'text').length)} shown`}
      aside={
        <>
          <SampleMenu />
          <Button isDense onPress={onPaste}>
            Paste text…
          </Button>
          {hasTexts && (
            <span className={styles.filter}>
              <SearchField label="Filter texts" placeholder="Filter" value={filter} onChange={setFilter} />
            </span>
          )}
        </>
      }
    >
      {questions}
      {hasTexts && (
        <div className={styles.table} ref={table}>
          <Table
            label="Texts"
            columns={columns}
            rows={rows}
            rowKey={keyOf}
            chosenKey={chosen && (chosen.place === undefined ? chosen.id : `${chosen.id}/${chosen.place}`)}
            onChoose={choose}
            isExpanded={(row) => (row.kind === 'text' ? row.isOpen : undefined)}
            isOff={(row) => row.kind === 'document' && row.document.isOut}
            sort={sort}
            onSort={(column) =>
              setSort((before) => ({
                column: column as TextSort['column'],
                order: before.column === column && before.order === 'ascending' ? 'descending' : 'ascending',
              }))
            }
          />
          {rows.length === 0 && <p className={styles.none}>No name contains “{filter.trim()}”</p>}
        </div>
      )}
      <SelectionActions selection={selection} onRemove={remove}>
        <AddFiles onFiles={onFiles} />
      </SelectionActions>
    </Pane>
  );
}

/** @returns a function that removes texts, and moves the focus to the row that replaces the first one, or to the last */
function useRemoveTexts(
  rows: readonly Row[],
  table: RefObject<HTMLDivElement | null>,
): (texts: readonly TextRecord[]) => void {
  const removeTexts = useStudio((s) => s.removeTexts);
  return (removed) => {
    const remaining = rows.filter(({ text }) => !removed.includes(text));
    const firstIndex = rows.findIndex(({ text }) => removed.includes(text));
    void removeTexts(removed.map(({ id }) => id));
    requestAnimationFrame(() => {
      const row = table.current?.querySelectorAll('tbody tr').item(Math.min(firstIndex, remaining.length - 1));
      row?.querySelector<HTMLElement>('td:last-child button')?.focus();
    });
  };
}

/** Actions on the selected rows, above the content below the table. */
function SelectionActions({
  selection: { texts, documents, clear },
  onRemove,
  children,
}: {
  selection: ReturnType<typeof useRowSelection>;
  onRemove: (texts: readonly TextRecord[]) => void;
  children: ReactNode;
}) {
  const leaveOut = useStudio((s) => s.leaveOut);
  const [licensed, setLicensed] = useState<readonly TextRecord[]>([]);
  const leaveOutDocuments = (): void => {
    for (const text of new Set(documents.map((row) => row.text))) {
      const places = documents
        .filter((row) => row.text === text && !row.document.isOut)
        .map(({ document }) => document.place);
      void leaveOut(text.id, places, true);
    }
    clear();
  };
  return (
    <>
      {licensed.length > 0 && <LazyLicenceDialog texts={licensed} onClose={() => setLicensed([])} />}
      <Block isTail>
        {texts.length + documents.length > 0 && (
          <SelectionBar
            texts={texts.length}
            documents={documents.length}
            onRemove={() => {
              onRemove(texts);
              clear();
            }}
            onLicence={() => setLicensed(texts)}
            onLeaveOut={leaveOutDocuments}
            onClear={clear}
          />
        )}
        {children}
      </Block>
    </>
  );
}

/** Zone to drop files on, or the progress of an import, and the options of readers. */
function AddFiles({ onFiles }: Pick<TextListProps, 'onFiles'>) {
  const isReading = useStudio((s) => s.importing.kind === 'busy');
  const toast = useStudio((s) => s.toast);
  return (
    <>
      <div className={styles.foot}>
        {isReading ? (
          <ImportProgress />
        ) : (
          <DropZone
            onFiles={onFiles}
            onError={(detail) => toast({ text: "Some dropped files couldn't be read", detail })}
          />
        )}
      </div>
      <div className={styles.reading}>
        <ReadingOptions />
      </div>
    </>
  );
}

function SampleMenu() {
  const allSamples = useStudio((s) => s.samples);
  const samples = useMemo(() => allSamples.filter(({ labels }) => !labels), [allSamples]);
  const addSample = useStudio((s) => s.addSample);
  if (samples.length === 0) return null;
  return (
    <MenuButton
      entries={samples.map(({ file, title, characters }) => ({
        id: file,
        label: title,
        hint: `${formatShort(characters)} characters`,
      }))}
      onChoose={(file) => void addSample(file)}
    >
      Add sample
    </MenuButton>
  );
}
