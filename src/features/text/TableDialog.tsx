import { useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { PairColumns, TableHead } from '../../core/documents/columns';
import type { EncodingId } from '../../core/documents/encodings';
import { BETWEEN, type Between, betweenIn } from '../../core/documents/labels/between';
import { questionOf } from '../../state/markup';
import { useStudio, useStudioFields } from '../../state/react';
import { useProposals } from '../../state/undecoded';
import { Button, Dialog, EncodingChoice, Select } from '../../ui';
import { ColumnMap, MOST_COLUMNS, type Roles } from './ColumnMap';
import { FirstDocument } from './FirstDocument';
import styles from './MarkupDialog.module.css';
import { cellsOf, columnsOf, rolesOf } from './tableRoles';

/** Which columns of tables to tune on hold what; to close it leaves them out. */
export function TableDialog() {
  const tables = useStudioFields(questionOf);
  const takeColumns = useStudio((s) => s.takeColumns);
  const skip = useStudio((s) => s.skip);
  const [head, failure] = useHead();
  const markupIn = useStudio((s) => s.markupIn);
  const [said, say] = useState<Between | typeof ONE>();
  const [asked, choose] = useState<{ of: TableHead; roles: Roles }>();
  const [first] = tables;
  if (!first) return null;
  const [one, them] = tables.length === 1 ? [true, 'it'] : [false, 'them'];
  const isOfChats = first.tunes === 'instruct';
  const isOfLabels = first.tunes === 'classify';
  const roles: Roles = head && asked?.of === head ? asked.roles : head ? rolesOf(head, first.tunes) : {};
  const columns = columnsOf(roles);
  const between = said ?? ((head && betweenIn(cellsOf(head, roles.label))) || ONE);
  const needed = isOfChats ? PAIR_NEEDED : isOfLabels ? LABEL_NEEDED : NEEDED;
  const isLacking = isOfLabels && (roles.label === undefined || (columns && 'input' in columns));
  const reason = failure?.message ?? (head ? (columns && !isLacking ? undefined : needed) : 'The table is being read');
  const leave = (): void => skip(tables);
  return (
    <Dialog
      isOpen
      onClose={leave}
      width={736}
      title={`Which columns of ${one ? first.name : `${formatCount(tables.length)} tables`} hold what?`}
      actions={
        <>
          <Button onPress={leave}>Leave {them} out</Button>
          <Button
            variant="go"
            onPress={() =>
              columns && void takeColumns(tables, columns, isOfLabels && between !== ONE ? between : undefined)
            }
            disabledReason={reason}
          >
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
          Needed are a text, which may be in several columns, and its label. A row without a label is kept: it can be
          labelled here. What is not used is not kept, and what would give the label away is better not used.
        </p>
      ) : isOfChats ? (
        <p>
          Its rows are in no shape of chats that is known. Needed are two columns: what the user says, the input, and
          what is answered, the target. What is not used is not kept.
        </p>
      ) : (
        <p>
          Needed is a text, or an input and its target: a question and its answer, a sentence and its translation. What
          is not used is not kept.
        </p>
      )}
      {head && (
        <>
          <ColumnMap
            head={head}
            roles={roles}
            {...(isOfChats && { asked: PAIR })}
            {...(isOfLabels && { asked: LABELLED, isJoined: true })}
            onChange={(next) => choose({ of: head, roles: next })}
          />
          {head.columns.length > MOST_COLUMNS && (
            <p>
              {formatCount(head.columns.length - MOST_COLUMNS)} more columns are not shown; a terminal takes them by
              --map.
            </p>
          )}
          {isOfChats && columns && 'input' in columns && areSwapped(head, columns) && (
            <p className={styles.error}>
              The targets read like questions, and the inputs do not: are the two columns the other way round?
            </p>
          )}
          {isOfLabels && (
            <Select<Between | typeof ONE>
              label="Labels of a text"
              value={between}
              onChange={say}
              options={[
                { value: ONE, label: 'One' },
                ...BETWEEN.map((value) => ({ value, label: `Several, with ${value} between` })),
              ]}
            />
          )}
          {columns && <FirstDocument head={head} columns={columns} isChat={isOfChats} />}
        </>
      )}
      {failure && <p className={styles.error}>{failure.message}</p>}
      {failure?.code === 'bad-encoding' && (
        <Encodings of={{ name: first.name, dropped: first }} onChoose={(encoding) => markupIn(tables, encoding)} />
      )}
      {!one && <p>Columns by these names are taken of all {formatCount(tables.length)} tables.</p>}
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
const NEEDED = 'Say which column holds the text, or which two an input and its target';
const PAIR_NEEDED = 'Say which column is the input, and which its target';
const PAIR = ['input', 'target'] as const;
const LABEL_NEEDED = 'Say which column holds the text, and which the label';
const LABELLED = ['text', 'label'] as const;
/** Of a text whose label is one. */
const ONE = 'one';

/** Whether more of the answers than of what they answer end with a question mark. */
function areSwapped({ columns, rows }: TableHead, { input, target }: PairColumns): boolean {
  const questions = (name: string): number =>
    cellsOf({ columns, rows }, name).filter((cell) => /[?？؟]\s*$/.test(cell)).length;
  return questions(target) * 2 > rows.length && questions(target) > questions(input);
}

/** Of the first table that is asked about and can be read: one that is broken is told of when they are added. */
function useHead(): readonly [head: TableHead | undefined, failure: Failure | undefined] {
  const tables = useStudioFields(questionOf);
  const look = useStudio((s) => s.lookAtTable);
  const [found, setFound] = useState<{ of: unknown; head?: TableHead; failure?: Failure }>();
  const [first] = tables;
  useEffect(() => {
    if (!first) return undefined;
    let isWanted = true;
    const lookAtOne = async (): Promise<{ head: TableHead } | { failure: Failure }> => {
      let failure: Failure | undefined;
      for (const table of tables) {
        if (!isWanted) break;
        try {
          return { head: await look(table) };
        } catch (error) {
          failure ??= toFailure(error);
        }
      }
      return { failure: failure! };
    };
    void lookAtOne().then((outcome) => isWanted && setFound({ of: first, ...outcome }));
    return () => {
      isWanted = false;
    };
  }, [first, tables, look]);
  return found?.of === first ? [found?.head, found?.failure] : [undefined, undefined];
}
