import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { type Failure, toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { type Columns, guessedColumns, labelsIn, type PairColumns, type TableHead } from '../../core/documents/columns';
import type { EncodingId } from '../../core/documents/encodings';
import { BETWEEN, type Between, betweenIn } from '../../core/documents/labels/between';
import { isBinary, questionOf } from '../../state/markup';
import { useStudio, useStudioFields } from '../../state/react';
import type { Purpose } from '../../core/runs/tuning';
import { useProposals } from '../../state/undecoded';
import { Button, Dialog, EncodingChoice, Select } from '../../ui';
import { ColumnMap, MOST_COLUMNS, type Roles } from './ColumnMap';
import map from './ColumnMap.module.css';
import styles from './MarkupDialog.module.css';

/** Which columns of the dropped tables hold what; to close it leaves them out. */
export function TableDialog() {
  const tables = useStudioFields(questionOf);
  const take = useStudio((s) => s.takeMarkup);
  const takeColumns = useStudio((s) => s.takeColumns);
  const leave = useStudio((s) => s.leaveMarkup);
  const [head, failure] = useHead();
  const markupIn = useStudio((s) => s.markupIn);
  const [said, say] = useState<Between | typeof ONE>();
  const [, go] = useLocation();
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
  const canBeText = !isBinary(first) && first.tunes === undefined;
  const labeled = first.tunes === undefined && head ? labeledBy(head, roles) : undefined;
  const trainClassifier = (): void => {
    if (columns) void takeColumns(columns, between === ONE ? undefined : between, 'classify');
    go('/tune?kind=classify');
  };
  if (labeled && head) {
    return (
      <Dialog
        isOpen
        onClose={leave}
        width={736}
        title={`${one ? first.name : `${formatCount(tables.length)} tables`} ${one ? 'looks' : 'look'} labeled: ${labeled}`}
        actions={
          <>
            <Button onPress={leave}>Leave {them} out</Button>
            <Button onPress={() => columns && void takeColumns(columns)}>Use as plain text</Button>
            <Button variant="go" onPress={trainClassifier} disabledReason={reason}>
              Train a classifier
            </Button>
          </>
        }
      >
        <p>A classifier learns to put these labels on new text.</p>
        <ColumnMap head={head} roles={roles} isJoined onChange={(next) => choose({ of: head, roles: next })} />
        {columns && <FirstDocument head={head} columns={columns} isChat={false} />}
      </Dialog>
    );
  }
  return (
    <Dialog
      isOpen
      onClose={leave}
      width={736}
      title={`Which columns of ${one ? first.name : `${formatCount(tables.length)} tables`} hold what?`}
      actions={
        <>
          <Button onPress={leave}>Leave {them} out</Button>
          {canBeText && <Button onPress={() => void take()}>As plain text</Button>}
          <Button
            variant="go"
            onPress={() => columns && void takeColumns(columns, isOfLabels && between !== ONE ? between : undefined)}
            disabledReason={reason}
          >
            {isOfChats
              ? 'Add a chat a row'
              : isOfLabels
                ? 'Add a text a row'
                : columns && 'input' in columns
                  ? 'Add a pair a row'
                  : 'Add a document a row'}
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
          is not used is not kept.{canBeText && ' As plain text, commas and quotes are learnt too.'}
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
      {failure?.code === 'bad-encoding' && <Encodings of={{ name: first.name, dropped: first }} onChoose={markupIn} />}
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

/** `2 labels in column “kind”`; undefined where the table has no text with a label of few values. */
function labeledBy(head: TableHead, { text, label }: Roles): string | undefined {
  if (text === undefined || label === undefined) return undefined;
  const labels = labelsIn(head, label);
  if (labels.length === 0) return undefined;
  const words = labels.length === 1 ? '' : `${formatCount(labels.length)} labels in `;
  return `${words}column “${label}”`;
}

/** Before anything is chosen. */
function rolesOf(head: TableHead, tunes: Purpose | undefined): Roles {
  const known = guessedColumns(head);
  if (tunes === 'classify') {
    const { label } = known;
    const text = 'text' in known ? known.text : known.input;
    // What comes before it is read first: the subject of a mail.
    const { title } = known;
    const [first, ...besides] = head.columns.filter((name) => name === text || name === title);
    return {
      ...(first !== undefined && { text: first }),
      ...(besides.length > 0 && { besides }),
      ...(label !== undefined && { label }),
    };
  }
  if (tunes !== 'instruct') return known;
  if ('input' in known) return { input: known.input, target: known.target };
  // The two with the most text.
  const letters = head.columns.map((_, i) => head.rows.reduce((sum, row) => sum + row[i]!.length, 0));
  const most = [...letters.keys()].sort((a, b) => letters[b]! - letters[a]!).slice(0, 2);
  const [input, target] = most.sort((a, b) => a - b).map((i) => head.columns[i]);
  return { ...(input !== undefined && { input }), ...(target !== undefined && { target }) };
}

function columnsOf({ text, besides, input, target, ...about }: Roles): Columns | undefined {
  if (text !== undefined) return { text, ...(besides && { besides: [...besides] }), ...about };
  return input !== undefined && target !== undefined ? { input, target, ...about } : undefined;
}

const cellsOf = ({ columns, rows }: TableHead, name: string | undefined): readonly string[] =>
  name === undefined ? [] : rows.map((row) => row[columns.indexOf(name)] ?? '');

/** Whether more of the answers than of what they answer end with a question mark. */
function areSwapped({ columns, rows }: TableHead, { input, target }: PairColumns): boolean {
  const questions = (name: string): number =>
    cellsOf({ columns, rows }, name).filter((cell) => /[?？؟]\s*$/.test(cell)).length;
  return questions(target) * 2 > rows.length && questions(target) > questions(input);
}

/** What the first row becomes that has text. */
function FirstDocument({ head, columns, isChat }: { head: TableHead; columns: Columns; isChat: boolean }) {
  const of = (row: readonly string[], name: string | undefined): string =>
    name === undefined ? '' : (row[head.columns.indexOf(name)] ?? '').trim();
  const learnt = 'text' in columns ? [columns.text, ...(columns.besides ?? [])] : [columns.input, columns.target];
  const place = head.rows.findIndex((row) => learnt.every((name) => of(row, name) !== ''));
  const row = head.rows[place];
  if (!row) return <p>The first {formatCount(head.rows.length)} rows have no text there.</p>;
  const { title, label, date, language } = columns;
  const about = [title, label, date, language].map((name) => of(row, name)).filter((value) => value !== '');
  return (
    <div className={map.document}>
      <p className={map.about}>
        Row {place + 1} as a {isChat ? 'chat: what the user says, and the answer' : 'document'}
        {about.length > 0 && `: ${about.join(', ')}`}
      </p>
      {learnt.map((name) => (
        <p key={name} className={map.text}>
          {of(row, name).slice(0, MOST_SHOWN)}
        </p>
      ))}
    </div>
  );
}
/** Code units. */
const MOST_SHOWN = 400;

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
