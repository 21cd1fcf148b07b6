import { useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { type PairColumns, recognisedColumns, type TableHead, usualColumns } from '../../core/documents/columns';
import { isBinary, questionOf } from '../../state/markup';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Dialog, Select, Table } from '../../ui';
import { EncodingChoice } from './EncodingChoice';
import styles from './MarkupDialog.module.css';

/** Which columns of the dropped tables are an input and its target; to close it leaves them out. */
export function TableDialog() {
  const tables = useStudioFields(questionOf);
  const take = useStudio((s) => s.takeMarkup);
  const takePairs = useStudio((s) => s.takePairs);
  const leave = useStudio((s) => s.leaveMarkup);
  const [head, failure] = useHead();
  const markupIn = useStudio((s) => s.markupIn);
  const [asked, choose] = useState<PairColumns>();
  const [first] = tables;
  if (!first) return null;
  const [one, them] = tables.length === 1 ? [true, 'it'] : [false, 'them'];
  const columns =
    asked && head?.columns.includes(asked.input) && head.columns.includes(asked.target) ? asked : undefined;
  const chosen = columns ?? usualColumns(head?.columns ?? []);
  const options = (head?.columns ?? []).map((value) => ({ value, label: value }));
  return (
    <Dialog
      isOpen
      onClose={leave}
      title={`Learn pairs from ${one ? first.name : `${formatCount(tables.length)} tables`}?`}
      actions={
        <>
          <Button onPress={leave}>Leave {them} out</Button>
          <Button onPress={() => void take()}>{isBinary(first) ? 'A document a row' : 'As plain text'}</Button>
          <Button
            variant="go"
            onPress={() => void takePairs(chosen)}
            disabledReason={head ? undefined : (failure?.message ?? 'The table is being read')}
          >
            Take pairs
          </Button>
        </>
      }
    >
      <p>
        Each row becomes an input and its target: a question and its answer, a sentence and its translation.{' '}
        {isBinary(first) ? asDocuments(head) : 'As plain text, commas and quotes are learnt too.'}
      </p>
      {head && (
        <>
          <Select
            label="Input"
            value={chosen.input}
            onChange={(input) => choose({ ...chosen, input })}
            options={options}
          />
          <Select
            label="Target"
            value={chosen.target}
            onChange={(target) => choose({ ...chosen, target })}
            options={options}
          />
          <div className={styles.table}>
            <Table
              label="First rows"
              columns={(['input', 'target'] as const).map((id) => ({
                id,
                header: id === 'input' ? 'Input' : 'Target',
                cell: ({ cells }: Shown) => cells[head.columns.indexOf(chosen[id])],
              }))}
              rows={head.rows.slice(0, SHOWN).map((cells, i): Shown => ({ key: `${i}`, cells: cells.map(short) }))}
              rowKey={({ key }) => key}
            />
          </div>
        </>
      )}
      {failure && <p className={styles.error}>{failure.message}</p>}
      {failure?.code === 'bad-encoding' && (
        <EncodingChoice of={{ name: first.name, dropped: first }} chosen={null} onChoose={markupIn} />
      )}
      {!one && <p>Columns by these names are taken of all {formatCount(tables.length)} tables.</p>}
    </Dialog>
  );
}

function asDocuments(head: TableHead | undefined): string {
  const columns = head && recognisedColumns(head);
  const text = columns && 'text' in columns ? `, whose text is “${columns.text}”` : '';
  return `Or each row becomes a document${text}.`;
}

interface Shown {
  key: string;
  cells: readonly string[];
}
const SHOWN = 3;
const MOST_SHOWN = 80;
const short = (cell: string): string => (cell.length > MOST_SHOWN ? `${cell.slice(0, MOST_SHOWN)}…` : cell);

/** Of the first table that is asked about. */
function useHead(): readonly [head: TableHead | undefined, failure: Failure | undefined] {
  const [first] = useStudioFields(questionOf);
  const look = useStudio((s) => s.lookAtTable);
  const [found, setFound] = useState<{ of: unknown; head?: TableHead; failure?: Failure }>();
  useEffect(() => {
    if (!first) return undefined;
    let isWanted = true;
    look(first).then(
      (head) => isWanted && setFound({ of: first, head }),
      (error: unknown) => isWanted && setFound({ of: first, failure: toFailure(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [first, look]);
  return found?.of === first ? [found?.head, found?.failure] : [undefined, undefined];
}
