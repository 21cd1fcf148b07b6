import { useState } from 'react';
import type { Failure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { PairColumns, TableHead } from '../../core/documents/columns';
import type { EncodingId } from '../../core/documents/encodings';
import { givenFor, withGiven } from '../../core/runs/givenColumns';
import { BETWEEN, type Between, betweenIn } from '../../core/documents/labels/between';
import { fileOf, questionOf, tableOf } from '../../state/markup';
import { skipWords } from '../../state/questions';
import { useStudio, useStudioFields } from '../../state/react';
import { useProposals } from '../../state/undecoded';
import { useQuery } from '../../state/useWorkerValue';
import { Button, Dialog, EncodingChoice, Select } from '../../ui';
import { ColumnMap, MAX_COLUMNS, type Roles } from './ColumnMap';
import { FirstDocument } from './FirstDocument';
import styles from './MarkupDialog.module.css';
import { cellsOf, columnsOf, proposedRoles } from './tableRoles';

/** Asks for the roles of columns in tables for tuning. Closing the dialog skips them. */
export function TableDialog() {
  const tables = useStudioFields(questionOf);
  const addTables = useStudio((s) => s.addTables);
  const skip = useStudio((s) => s.skip);
  const given = useStudio((s) => s.project.givenColumns);
  const change = useStudio((s) => s.change);
  const [head, failure] = useHead();
  const setTableEncoding = useStudio((s) => s.setTableEncoding);
  const [said, say] = useState<Between | typeof ONE>();
  const [asked, choose] = useState<{ of: TableHead; roles: Roles }>();
  const [first] = tables;
  if (!first) return null;
  const isOne = tables.length === 1;
  const isOfChats = first.tunes === 'instruct';
  const isOfLabels = first.tunes === 'classify';
  const roles: Roles = head && asked?.of === head ? asked.roles : head ? proposedRoles(head, first.tunes, given) : {};
  const columns = columnsOf(roles);
  const before = head && first.tunes && givenFor(given, head.columns, first.tunes);
  const between = said ?? (before ? before.between : head && betweenIn(cellsOf(head, roles.label))) ?? ONE;
  const needed = isOfChats ? PAIR_NEEDED : isOfLabels ? LABEL_NEEDED : NEEDED;
  const isLacking = isOfLabels && (roles.label === undefined || (columns && 'input' in columns));
  const reason = failure?.message ?? (head ? (columns && !isLacking ? undefined : needed) : 'Reading the table…');
  const leave = (): void => skip(tables);
  const add = (): void => {
    if (!head || !columns) return;
    const own = isOfLabels && between !== ONE ? between : undefined;
    void addTables(tables, columns, own);
    const choice = { names: head.columns, columns, between: own ?? null };
    if (first.tunes) change({ givenColumns: withGiven(given, { ...choice, tunes: first.tunes }) });
  };
  return (
    <Dialog
      isOpen
      onClose={leave}
      width={736}
      title={`What is in each column of ${isOne ? first.name : `${formatCount(tables.length)} tables`}?`}
      actions={
        <>
          <Button onPress={leave}>{skipWords(tables)}</Button>
          <Button variant="go" onPress={add} disabledReason={reason}>
            {isOfChats
              ? 'Add rows as chats'
              : isOfLabels
                ? 'Add labeled texts'
                : columns && 'input' in columns
                  ? 'Add rows as pairs'
                  : 'Add rows as texts'}
          </Button>
        </>
      }
    >
      {isOfLabels ? (
        <p>
          Choose the text column (or several) and the label column. Rows without a label can be labeled here. Skip
          columns that reveal the label.
        </p>
      ) : isOfChats ? (
        <p>
          These rows aren’t in a known chat format. Choose what the user says as the input, and the answer as the
          target.
        </p>
      ) : (
        <p>Choose a text column, or an input and a target, such as a question and its answer.</p>
      )}
      {head && (
        <>
          <ColumnMap
            head={head}
            roles={roles}
            {...(isOfChats && { asked: PAIR })}
            {...(isOfLabels && { asked: LABELED, isJoined: true })}
            onChange={(next) => choose({ of: head, roles: next })}
          />
          {head.columns.length > MAX_COLUMNS && (
            <p>
              {formatCount(head.columns.length - MAX_COLUMNS)} more columns aren’t shown. To use them, run the terminal
              command with --map.
            </p>
          )}
          {isOfChats && columns && 'input' in columns && areSwapped(head, columns) && (
            <p className={styles.error}>
              The targets look like questions, and the inputs don’t. Are the two columns swapped?
            </p>
          )}
          {isOfLabels && (
            <Select<Between | typeof ONE>
              label="Labels per text"
              value={between}
              onChange={say}
              options={[
                { value: ONE, label: 'One' },
                ...BETWEEN.map((value) => ({ value, label: `Several, separated by ${value}` })),
              ]}
            />
          )}
          {columns && <FirstDocument head={head} columns={columns} isChat={isOfChats} />}
        </>
      )}
      {failure && <p className={styles.error}>{failure.message}</p>}
      {failure?.code === 'bad-encoding' && (
        <Encodings
          of={{ name: first.name, dropped: first }}
          onChoose={(encoding) => setTableEncoding(tables, encoding)}
        />
      )}
      {!isOne && <p>Columns with these names are used in all {formatCount(tables.length)} tables.</p>}
      {reason !== undefined && !failure && <p role="status">{reason}</p>}
    </Dialog>
  );
}
const Encodings = ({
  of,
  onChoose,
}: {
  of: Parameters<typeof useProposals>[0];
  onChoose: (encoding: EncodingId) => void;
}) => <EncodingChoice of={useProposals(of)} chosen={null} onChoose={onChoose} />;
const NEEDED = 'Choose a text column, or an input and a target';
const PAIR_NEEDED = 'Choose an input and a target column';
const PAIR = ['input', 'target'] as const;
const LABEL_NEEDED = 'Choose a text column and a label column';
const LABELED = ['text', 'label'] as const;
/** Option for texts with a single label. */
const ONE = 'one';

/** Whether more targets than inputs end with a question mark. */
function areSwapped({ columns, rows }: TableHead, { input, target }: PairColumns): boolean {
  const questions = (name: string): number =>
    cellsOf({ columns, rows }, name).filter((cell) => /[?？؟]\s*$/.test(cell)).length;
  return questions(target) * 2 > rows.length && questions(target) > questions(input);
}

/** First rows of the first readable table in question. Broken tables are reported when they are added. */
function useHead(): readonly [head: TableHead | undefined, failure: Failure | undefined] {
  const tables = useStudioFields(questionOf);
  const [first] = tables;
  const { latest, failure } = useQuery(
    first?.name,
    async ({ data }, { signal }) => {
      let failed: unknown;
      for (const table of tables) {
        signal.throwIfAborted();
        try {
          return { of: first, head: await data.call('lookAtTable', { ...fileOf(table), format: tableOf(table) }) };
        } catch (error) {
          failed ??= error;
        }
      }
      throw failed;
    },
    tables,
  );
  return first && latest?.of === first ? [latest.head, failure] : [undefined, failure];
}
