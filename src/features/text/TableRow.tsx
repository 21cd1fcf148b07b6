import { useState } from 'react';
import { counted, formatCount } from '../../core/base/units';
import { guessedColumns } from '../../core/documents/columns';
import type { LabeledTable } from '../../core/documents/surveyTable';
import { isBinary } from '../../state/markup';
import { longRowsWords, tableLabel } from '../../state/classifierStart';
import { answer, type TableQuestion, trainOnTables } from '../../state/questions';
import { useStudio, useStudioStore } from '../../state/react';
import { Ask, Button, TextAction } from '../../ui';
import { ColumnMap, type Roles } from './ColumnMap';
import { FirstDocument } from './FirstDocument';
import { namesOf, type RowProps, SkipButton } from './questionParts';
import styles from './Questions.module.css';
import { areLabeled, columnsOf, rolesOf } from './tableRoles';

/** Row for a table. A labeled one can train a classifier; for others, asks for the roles of columns. */
export function TableRow({ question, filled, onGo }: RowProps<TableQuestion>) {
  const store = useStudioStore();
  const addTables = useStudio((s) => s.addTables);
  const addUnchanged = useStudio((s) => s.addUnchanged);
  const openTable = useStudio((s) => s.openTable);
  const isOpen = useStudio((s) => s.openedTable === question.id);
  const { files, survey, labeled } = question;
  const trainWords = useStudio((s) => tableLabel(s, labeled));
  const longRows = useStudio((s) => labeled && longRowsWords(s, labeled));
  const names = namesOf(files);
  const toggleColumns = (): void => openTable(isOpen ? null : question.id);
  const variant = filled === undefined ? 'default' : 'go';
  const details = isOpen && (
    <Details question={question} isFilled={filled !== undefined} onClose={() => openTable(null)} onGo={onGo} />
  );
  if (labeled) {
    return (
      <Ask
        icon="table"
        title={
          <>
            {names} {files.length === 1 ? 'looks' : 'look'} labeled: {counted(labeled.counts.length, 'label')} in column{' '}
            <span className={styles.column}>{labeled.columns.label}</span>
          </>
        }
        actions={
          !isOpen && (
            <>
              <SkipButton files={files} />
              <Button isDense onPress={() => void addTables(files, guessedColumns(survey))}>
                Use without labels
              </Button>
              <Button isDense variant={variant} onPress={() => onGo(answer(store.getState(), question))}>
                {trainWords}
              </Button>
            </>
          )
        }
        detail={details || <Example table={question} labeled={labeled} />}
      >
        <p>
          {labeled.isAll ? counted(labeled.rows, 'row') : `More than ${formatCount(labeled.rows)} rows`}:{' '}
          {countsOf(labeled)}. A classifier learns to put these labels on new text.
          {longRows !== undefined && ` ${longRows}`}{' '}
          <TextAction onPress={toggleColumns} isExpanded={isOpen}>
            Choose columns…
          </TextAction>
        </p>
      </Ask>
    );
  }
  return (
    <Ask
      icon="table"
      title={`${names}: which column is the text?`}
      actions={
        !isOpen && (
          <>
            <SkipButton files={files} />
            {!isBinary(files[0]!) && (
              <Button isDense onPress={() => void addUnchanged(files)}>
                Use as plain text
              </Button>
            )}
            <Button isDense variant={variant} onPress={toggleColumns}>
              Choose columns…
            </Button>
          </>
        )
      }
      {...(details && { detail: details })}
    >
      <p>
        {counted(survey.columns.length, 'column')}: {survey.columns.slice(0, MAX_NAMED).join(', ')}
        {survey.columns.length > MAX_NAMED && ` and ${formatCount(survey.columns.length - MAX_NAMED)} more`}
      </p>
    </Ask>
  );
}
const MAX_NAMED = 8;

/** `ham 40, spam 20`. */
function countsOf({ counts }: LabeledTable): string {
  const words = counts.slice(0, MAX_LABELS).map(({ label, count }) => `${label} ${formatCount(count)}`);
  const more = counts.length - words.length;
  return words.join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}
const MAX_LABELS = 4;

/** One text of each of the two most frequent labels. */
function Example({ table: { survey }, labeled }: { table: TableQuestion; labeled: LabeledTable }) {
  const { text, label } = labeled.columns;
  const [textIndex, labelIndex] = [survey.columns.indexOf(text), survey.columns.indexOf(label)];
  const rows = labeled.counts.slice(0, 2).flatMap(({ label }) => {
    const row = survey.rows.find((cells) => cells[labelIndex]?.trim() === label && cells[textIndex]?.trim());
    return row ? [{ label, text: row[textIndex]!.trim() }] : [];
  });
  return (
    <p className={styles.example}>
      {rows.map((row) => (
        <span key={row.label}>
          <bdi>{row.text.slice(0, MAX_SHOWN)}</bdi> <b>{row.label}</b>
        </span>
      ))}
    </p>
  );
}
/** Maximum number of code units shown. */
const MAX_SHOWN = 120;

/** `Add 400 rows as texts`; without the number if the rows weren't all read. */
const addRowsWords = (labeled: LabeledTable | undefined, isPair: boolean | undefined): string =>
  `Add ${labeled?.isAll ? counted(labeled.rows, 'row') : 'rows'} as ${isPair ? 'pairs' : 'texts'}`;

function Details({
  question: { files, survey, labeled },
  isFilled,
  onClose,
  onGo,
}: {
  question: TableQuestion;
  isFilled: boolean;
  onClose: () => void;
  onGo: (path: string) => void;
}) {
  const store = useStudioStore();
  const addTables = useStudio((s) => s.addTables);
  const [roles, setRoles] = useState<Roles>(() => rolesOf(survey, labeled ? 'classify' : undefined));
  const columns = columnsOf(roles);
  const needed = columns ? undefined : 'Choose a text column, or an input and a target';
  const isPair = columns && 'input' in columns;
  const isClassifier = areLabeled(survey, roles);
  // Counts of labels in other columns aren't known yet.
  const countedLabels = columns && labeled && columns.label === labeled.columns.label ? labeled : undefined;
  const trainWords = useStudio((s) => tableLabel(s, countedLabels));
  return (
    <div className={styles.details}>
      <ColumnMap head={survey} roles={roles} isJoined={isClassifier} onChange={setRoles} />
      {files.length > 1 && <p>Columns with these names are used in all {formatCount(files.length)} tables.</p>}
      {columns && <FirstDocument head={survey} columns={columns} isChat={false} />}
      {needed !== undefined && <p role="status">{needed}</p>}
      <div className={styles.buttons}>
        <Button isDense variant="quiet" onPress={onClose}>
          Cancel
        </Button>
        {isClassifier && (
          <Button
            isDense
            variant={isFilled && labeled ? 'go' : 'default'}
            onPress={() => columns && onGo(trainOnTables(store.getState(), files, columns, countedLabels))}
          >
            {trainWords}
          </Button>
        )}
        <Button
          isDense
          variant={isFilled && !(isClassifier && labeled) ? 'go' : 'default'}
          disabledReason={needed}
          onPress={() => columns && void addTables(files, columns)}
        >
          {addRowsWords(labeled, isPair)}
        </Button>
      </div>
    </div>
  );
}
