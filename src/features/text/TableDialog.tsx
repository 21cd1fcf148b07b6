import { useState } from 'react';
import type { Failure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { ColumnRole, Columns, PairColumns, TableHead } from '../../core/documents/columns';
import type { EncodingId } from '../../core/documents/encodings';
import { givenFor, withGiven } from '../../core/runs/givenColumns';
import { BETWEEN, type Between, betweenIn } from '../../core/documents/labels/between';
import { fileOf, questionOf, tableOf } from '../../state/markup';
import { skipWords } from '../../state/questions';
import { useStudio, useStudioFields } from '../../state/react';
import type { WaitingFile } from '../../state/slices/adding';
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
  const skip = useStudio((s) => s.skip);
  const setTableEncoding = useStudio((s) => s.setTableEncoding);
  const [head, failure] = useHead();
  const choice = useTableChoice(tables, head);
  const [first] = tables;
  if (!first) return null;
  const { columns, purpose } = choice;
  const isOne = tables.length === 1;
  const missing = head ? choice.missing : 'Reading the table…';
  const reason = failure?.message ?? missing;
  const leave = (): void => skip(tables);
  return (
    <Dialog
      isOpen
      onClose={leave}
      width={736}
      title={`What is in each column of ${isOne ? first.name : `${formatCount(tables.length)} tables`}?`}
      actions={
        <>
          <Button onPress={leave}>{skipWords(tables)}</Button>
          <Button variant="go" onPress={choice.add} disabledReason={reason}>
            {purpose.add ?? (columns && 'input' in columns ? 'Add rows as pairs' : 'Add rows as texts')}
          </Button>
        </>
      }
    >
      <p>{purpose.explanation}</p>
      {head && <TableColumns head={head} choice={choice} />}
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

interface PurposeWords {
  explanation: string;
  /** Roles that a column may have; undefined: all. */
  roles?: readonly ColumnRole[];
  /** What to do if roles are missing. */
  needed: string;
  /** Label of the button; undefined: by the columns. */
  add?: string;
}
const ADAPT: PurposeWords = {
  explanation: 'Choose a text column, or an input and a target, such as a question and its answer.',
  needed: 'Choose a text column, or an input and a target',
};
const INSTRUCT: PurposeWords = {
  explanation:
    'These rows aren’t in a known chat format. Choose what the user says as the input, and the answer as the target.',
  roles: ['input', 'target'],
  needed: 'Choose an input and a target column',
  add: 'Add rows as chats',
};
const CLASSIFY: PurposeWords = {
  explanation:
    'Choose the text column (or several) and the label column. Rows without a label can be labeled here. Skip columns that reveal the label.',
  roles: ['text', 'label'],
  needed: 'Choose a text column and a label column',
  add: 'Add labeled texts',
};

/** Option for texts with a single label. */
const ONE = 'one';
type Separator = Between | typeof ONE;

interface TableChoice {
  purpose: PurposeWords;
  roles: Roles;
  setRoles: (roles: Roles) => void;
  /** Columns of the roles; undefined if roles are missing. */
  columns: Columns | undefined;
  /** What to do before the tables can be added; undefined if they can. */
  missing: string | undefined;
  /** Separator of several labels in a cell. */
  separator: Separator;
  setSeparator: (separator: Separator) => void;
  add: () => void;
}

/** Roles of the columns: as chosen, as chosen earlier for such a table, or guessed. */
function useTableChoice(tables: readonly WaitingFile[], head: TableHead | undefined): TableChoice {
  const addTables = useStudio((s) => s.addTables);
  const earlierChoices = useStudio((s) => s.project.givenColumns);
  const change = useStudio((s) => s.change);
  const [chosenSeparator, setChosenSeparator] = useState<{ of: TableHead; separator: Separator }>();
  const [chosen, setChosen] = useState<{ of: TableHead; roles: Roles }>();
  const tunes = tables[0]?.tunes;
  const purpose = tunes === 'instruct' ? INSTRUCT : tunes === 'classify' ? CLASSIFY : ADAPT;
  const proposed = head ? proposedRoles(head, tunes, earlierChoices) : {};
  const roles = head && chosen?.of === head ? chosen.roles : proposed;
  const columns = columnsOf(roles);
  const lacksLabel = purpose === CLASSIFY && (roles.label === undefined || (columns && 'input' in columns));
  const earlier = head && tunes && givenFor(earlierChoices, head.columns, tunes);
  const usualSeparator = earlier ? earlier.between : head && betweenIn(cellsOf(head, roles.label));
  const separator =
    chosenSeparator && chosenSeparator.of === head ? chosenSeparator.separator : (usualSeparator ?? ONE);
  return {
    purpose,
    roles,
    setRoles: (next) => head && setChosen({ of: head, roles: next }),
    columns,
    missing: columns && !lacksLabel ? undefined : purpose.needed,
    separator,
    setSeparator: (next) => head && setChosenSeparator({ of: head, separator: next }),
    add() {
      if (!head || !columns) return;
      const between = purpose === CLASSIFY && separator !== ONE ? separator : undefined;
      void addTables(tables, columns, between);
      const choice = { names: head.columns, columns, between: between ?? null };
      if (tunes) change({ givenColumns: withGiven(earlierChoices, { ...choice, tunes }) });
    },
  };
}

/** Columns with their roles, and the document that the first row becomes. */
function TableColumns({ head, choice }: { head: TableHead; choice: TableChoice }) {
  const { purpose, roles, columns } = choice;
  const isChat = purpose === INSTRUCT;
  const isLabeled = purpose === CLASSIFY;
  return (
    <>
      <ColumnMap
        head={head}
        roles={roles}
        {...(purpose.roles && { asked: purpose.roles })}
        {...(isLabeled && { isJoined: true })}
        onChange={choice.setRoles}
      />
      {head.columns.length > MAX_COLUMNS && (
        <p>
          {formatCount(head.columns.length - MAX_COLUMNS)} more columns aren’t shown. To use them, run the terminal
          command with --map.
        </p>
      )}
      {isChat && columns && 'input' in columns && areSwapped(head, columns) && (
        <p className={styles.error}>
          The targets look like questions, and the inputs don’t. Are the two columns swapped?
        </p>
      )}
      {isLabeled && (
        <Select<Separator>
          label="Labels per text"
          value={choice.separator}
          onChange={choice.setSeparator}
          options={[
            { value: ONE, label: 'One' },
            ...BETWEEN.map((value) => ({ value, label: `Several, separated by ${value}` })),
          ]}
        />
      )}
      {columns && <FirstDocument head={head} columns={columns} isChat={isChat} />}
    </>
  );
}

const Encodings = ({
  of,
  onChoose,
}: {
  of: Parameters<typeof useProposals>[0];
  onChoose: (encoding: EncodingId) => void;
}) => <EncodingChoice of={useProposals(of)} chosen={null} onChoose={onChoose} />;

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
