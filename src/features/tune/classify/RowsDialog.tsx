import { useState } from 'react';
import { labelWords } from '../../../core/base/labels';
import { formatCount } from '../../../core/base/units';
import { splitAtWord } from '../../../core/documents/labels/leaks';
import type { TextRecord } from '../../../core/documents/record';
import type { LabeledText } from '../../../protocol/data';
import { useStudio } from '../../../state/react';
import { Button, Dialog, Pager, Table, text } from '../../../ui';
import styles from './Classify.module.css';
import { tableName, rowName } from './rowName';
import { useAnswer } from './useAnswer';

/** Paged list of texts with their labels. */
export function RowsDialog({
  rowCount,
  table,
  word,
  onClose,
}: {
  /** Number of rows; 0 if unknown. */
  rowCount: number;
  /** Table whose rows are shown; absent for the rows of all tables. */
  table?: TextRecord | undefined;
  /** Lowercase word that the rows must contain. */
  word?: string | undefined;
  onClose: () => void;
}) {
  const [from, setFrom] = useState(0);
  const textId = table?.id;
  const rows =
    useAnswer(
      ({ rows: readRows }) => readRows({ from, count: PAGE_SIZE }, MAX_CHARACTERS, { textId, word }),
      [],
      [from, textId, word],
    )?.answer ?? [];
  // While labels are counted, the number of rows with a word is unknown.
  const total = rowCount || from + rows.length;
  const last = Math.min(total, from + PAGE_SIZE);
  const title = word === undefined ? 'Labeled texts' : `Texts with the word “${word}”`;
  return (
    <Dialog
      isOpen
      isDismissable
      onClose={onClose}
      title={table ? `${title}: ${table.name}` : title}
      width={760}
      actions={
        <>
          <span className={styles.pager}>
            {formatCount(Math.min(total, from + 1))} to {formatCount(last)} of {formatCount(total)}
          </span>
          <Pager what="texts" from={from} size={PAGE_SIZE} of={total} onShow={setFrom} />
          <Button variant="go" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className={styles.rows} tabIndex={0} role="group" aria-label="Rows">
        <Table
          label="Labeled texts"
          isDense
          rows={rows}
          rowKey={({ at }) => String(at)}
          columns={[
            {
              id: 'row',
              header: 'Row',
              isQuiet: true,
              width: '136px',
              cell: (row) => <RowName row={row} isOnlyTable={table !== undefined} />,
            },
            {
              id: 'label',
              header: 'Label',
              width: '120px',
              cell: ({ labels }) => (labels ? labelWords(labels) : <span className={text.ink3}>unlabeled</span>),
            },
            {
              id: 'text',
              header: 'Text',
              isHeader: true,
              cell: (row) => <HighlightedText text={row.text} word={word} />,
            },
          ]}
        />
      </div>
    </Dialog>
  );
}

function RowName({ row, isOnlyTable }: { row: LabeledText; isOnlyTable: boolean }) {
  const file = useStudio((s) => tableName(s, row.textId));
  return rowName(row, isOnlyTable ? undefined : file);
}

/** A text in one line, with its word highlighted. */
export function HighlightedText({ text, word }: { text: string; word: string | undefined }) {
  const words = text.replaceAll(/\s+/g, ' ');
  if (word === undefined) return words;
  return splitAtWord(words, word).map((piece, i) => (i % 2 === 1 ? <mark key={i}>{piece}</mark> : piece));
}
const PAGE_SIZE = 50;
const MAX_CHARACTERS = 240;
