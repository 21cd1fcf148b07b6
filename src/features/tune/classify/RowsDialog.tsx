import { useState } from 'react';
import { labelWords } from '../../../core/base/labels';
import { formatCount } from '../../../core/base/units';
import type { TextRecord } from '../../../core/documents/record';
import { Button, Dialog, Pager, Table, text } from '../../../ui';
import styles from './Classify.module.css';
import { useAnswer } from './useAnswer';

/** Texts with their labels, a page of them at a time. */
export function RowsDialog({
  of,
  table,
  onClose,
}: {
  of: number;
  /** Whose rows are shown; absent: those of all tables. */
  table?: TextRecord;
  onClose: () => void;
}) {
  const [from, show] = useState(0);
  const rows =
    useAnswer(({ rows: ask }) => ask({ from, count: PAGE }, CHARACTERS, table?.id), [], [from, table?.id])?.answer ??
    [];
  const last = Math.min(of, from + PAGE);
  return (
    <Dialog
      isOpen
      isDismissable
      onClose={onClose}
      title={table ? `${table.name}: texts with their labels` : 'Texts with their labels'}
      width={760}
      actions={
        <>
          <span className={styles.pager}>
            {formatCount(Math.min(of, from + 1))} to {formatCount(last)} of {formatCount(of)}
          </span>
          <Pager what="texts" from={from} size={PAGE} of={of} onShow={show} />
          <Button variant="go" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className={styles.rows} tabIndex={0} role="group" aria-label="Rows">
        <Table
          label="Texts with their labels"
          isDense
          rows={rows}
          rowKey={({ at }) => String(at)}
          columns={[
            {
              id: 'row',
              header: 'Row',
              isNumber: true,
              isQuiet: true,
              width: '64px',
              cell: ({ at }) => formatCount(at + 1),
            },
            { id: 'text', header: 'Text', isHeader: true, cell: (row) => row.text.replaceAll(/\s+/g, ' ') },
            {
              id: 'label',
              header: 'Label',
              width: '120px',
              cell: ({ labels }) => (labels ? labelWords(labels) : <span className={text.ink3}>not yet</span>),
            },
          ]}
        />
      </div>
    </Dialog>
  );
}
const PAGE = 50;
const CHARACTERS = 240;
