/** Questions about files dropped on Text: one question for similar files, answered in place. */
import type { BadRowList, Failure } from '../core/base/errors';
import { counted } from '../core/base/units';
import type { Columns, EncodingId, Proposal, TableSurvey } from '../core/documents';
import { encodingName } from '../core/documents/encodings';
import type { LabeledTable } from '../core/documents/surveyTable';
import { isTable } from '../core/documents/formats';
import { isOfText, isUndecoded } from './refused';
import { isBinary, isNoTable } from './markup';
import { CLASSIFIER_SETUP, isTableUndecided } from './classifierStart';
import type { Studio } from './slices/studio';
import type { WaitingFile } from './slices/adding';
import type { Refusal, Reread, Undecoded } from './slices/adding';

type UnansweredFile = Refusal | WaitingFile;
interface QuestionBase<F extends UnansweredFile = UnansweredFile> {
  id: string;
  /** At least one. */
  files: readonly F[];
}
export type Question =
  /** Which columns to use. `labeled`: one of them has labels. */
  | (QuestionBase<WaitingFile> & { kind: 'table'; survey: TableSurvey; labeled?: LabeledTable })
  /** Can't be read as the table that its name suggests. */
  | (QuestionBase<WaitingFile> & { kind: 'unread'; failure: Failure })
  | (QuestionBase<Undecoded | WaitingFile> & { kind: 'encoding'; proposals: readonly Proposal[] })
  /** Some rows can't be read. */
  | (QuestionBase<Malformed> & { kind: 'rows'; count: number })
  /** Not prose, and no reader extracts prose from it. */
  | (QuestionBase<WaitingFile> & { kind: 'markup' })
  /** Not inspected yet. */
  | (QuestionBase & { kind: 'looking' });
type Malformed = Reread & { failure: { rows: BadRowList } };
export type TableQuestion = Extract<Question, { kind: 'table' }>;

type Waiting = Pick<Studio, 'refused' | 'waitingFiles' | 'project'>;

/** Files of the open project that wait for an answer. */
export const unansweredFiles = ({ refused, waitingFiles, project }: Waiting): readonly UnansweredFile[] =>
  [...refused.filter(isOfText), ...waitingFiles.filter(({ tunes }) => tunes === undefined)].filter(
    (file) => file.project.id === project.id,
  );

/** Waiting files of all purposes, also for tuning. */
export const allWaiting = (s: Waiting): readonly UnansweredFile[] => [
  ...unansweredFiles(s),
  ...s.waitingFiles.filter(({ tunes, project }) => tunes !== undefined && project.id === s.project.id),
];

/** Inputs and result of the last call of `questionsOf`. */
let lastInputs: Waiting | undefined;
let questions: readonly Question[] = [];

/** Questions, labeled tables first. Returns the same list until something changes. */
export function questionsOf({ refused, waitingFiles, project }: Waiting): readonly Question[] {
  if (
    lastInputs?.refused === refused &&
    lastInputs.waitingFiles === waitingFiles &&
    lastInputs.project.id === project.id
  )
    return questions;
  lastInputs = { refused, waitingFiles, project };
  const groups = new Map<string, [UnansweredFile, ...UnansweredFile[]]>();
  for (const file of unansweredFiles(lastInputs)) {
    const key = JSON.stringify(groupKey(file));
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  questions = [...groups.values()].map(questionAbout).toSorted((a, b) => order(a) - order(b));
  return questions;
}
const ORDER: readonly Question['kind'][] = ['encoding', 'table', 'unread', 'rows', 'markup', 'looking'];
const order = (question: Question): number => (isLabeled(question) ? -1 : ORDER.indexOf(question.kind));

export const isLabeled = (question: Question): question is TableQuestion & { labeled: LabeledTable } =>
  question.kind === 'table' && question.labeled !== undefined;

/** Two files are one question if these values are equal. */
function groupKey(file: UnansweredFile): readonly unknown[] {
  if ('failure' in file) {
    if (!isUndecoded(file)) return ['rows'];
    return file.proposals ? ['encoding', file.proposals[0]?.encoding] : ['looking'];
  }
  if (!isTable(file.kind)) return ['markup'];
  const { found } = file;
  if (!found || isNoTable(file)) return ['looking'];
  if ('failure' in found) return found.proposals ? ['encoding', found.proposals[0]?.encoding] : ['unread', file.kind];
  return ['table', isBinary(file), found.columns, found.labeled?.columns];
}

/** @param files with the same group key */
function questionAbout(files: readonly [UnansweredFile, ...UnansweredFile[]]): Question {
  const [first] = files;
  const [kind] = groupKey(first) as readonly [Question['kind']];
  const base = { id: `${kind}/${first.name}`, files };
  if (kind === 'looking') return { kind, ...base };
  if ('failure' in first) {
    if (kind === 'encoding')
      return { kind, ...base, files: files as readonly (Undecoded | WaitingFile)[], proposals: first.proposals! };
    const malformed = files as readonly Malformed[];
    const count = malformed.reduce((sum, { failure }) => sum + failure.rows.count, 0);
    return { kind: 'rows', ...base, files: malformed, count };
  }
  const tables = files as readonly WaitingFile[];
  const { found } = first;
  if (!found) return { kind: 'markup', ...base, files: tables };
  if (!('failure' in found)) return tableQuestion(base.id, tables, found);
  const { failure, proposals } = found;
  return proposals
    ? { kind: 'encoding', ...base, files: tables, proposals }
    : { kind: 'unread', ...base, files: tables, failure };
}

/** Counts the labels of all its tables together. */
function tableQuestion(id: string, files: readonly WaitingFile[], survey: TableSurvey): TableQuestion {
  const { labeled } = survey;
  if (!labeled) return { kind: 'table', id, files, survey };
  const labeledTables = files.flatMap(({ found }) => (found && 'labeled' in found ? [found.labeled] : []));
  const counts = new Map<string, number>();
  for (const { label, count } of labeledTables.flatMap((table) => table.counts))
    counts.set(label, (counts.get(label) ?? 0) + count);
  const joined: LabeledTable = {
    columns: labeled.columns,
    counts: [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count),
    rows: labeledTables.reduce((sum, { rows }) => sum + rows, 0),
    isAll: labeledTables.every(({ isAll }) => isAll),
    longest: Math.max(...labeledTables.map(({ longest }) => longest)),
  };
  return { kind: 'table', id, files, survey, labeled: joined };
}

/** `Use Windows-1252 for 10 files`. */
export const encodingAnswer = (encoding: EncodingId, count: number): string =>
  `Use ${encodingName(encoding)}${count > 1 ? ` for ${counted(count, 'file')}` : ''}`;

const AS_TEXT = 'Use as plain text';
export const skipWords = ({ length }: readonly unknown[]): string => (length === 1 ? 'Skip file' : 'Skip files');

/** Whether a file can only be skipped, as an unreadable binary table. */
export const isSkipOnly = (question: Question): boolean => question.kind === 'unread' && isBinary(question.files[0]!);

/** Button that answers a question; undefined without one. A labeled table has its own: `tableLabel`. */
export function answerWords(question: Question): string | undefined {
  const { files } = question;
  switch (question.kind) {
    case 'table':
      return 'Choose columns…';
    case 'encoding':
      return encodingAnswer(question.proposals[0]!.encoding, files.length);
    case 'rows':
      return question.count === 1 ? 'Skip this row' : `Skip ${counted(question.count, 'row')}`;
    case 'markup':
      return AS_TEXT;
    case 'unread':
      return isSkipOnly(question) ? skipWords(files) : AS_TEXT;
    case 'looking':
      return undefined;
    default:
      return question satisfies never;
  }
}

/**
 * Answers a question as its button says.
 * @returns path of the page that shows the result
 */
export function answer(studio: Studio, question: Question, encoding?: EncodingId): string {
  switch (question.kind) {
    case 'table':
      if (!question.labeled) {
        studio.openTable(question.id);
        return '/text';
      }
      return trainOnTables(studio, question.files, question.labeled.columns, question.labeled);
    case 'encoding': {
      const chosen = encoding ?? question.proposals[0]!.encoding;
      const undecoded = question.files.filter((file): file is Undecoded => 'failure' in file);
      const tables = question.files.filter((file): file is WaitingFile => !('failure' in file));
      if (tables.length > 0) studio.setTableEncoding(tables, chosen);
      if (undecoded.length > 0) void studio.rereadRefused(undecoded, { encoding: chosen });
      return '/text';
    }
    case 'rows':
      void studio.rereadRefused(question.files, { skipBadRows: true });
      return '/text';
    case 'markup':
      void studio.addUnchanged(question.files);
      return '/text';
    case 'unread':
      if (isSkipOnly(question)) studio.skip(question.files);
      else void studio.addUnchanged(question.files);
      return '/text';
    case 'looking':
      return '/text';
    default:
      return question satisfies never;
  }
}

/**
 * Adds tables as texts to classify, and trains a classifier on them at once unless something must be decided first.
 * @param labeled known labels in these columns
 * @returns path of the page that shows the result
 */
export function trainOnTables(
  studio: Studio,
  files: readonly WaitingFile[],
  columns: Columns,
  labeled?: LabeledTable,
): string {
  const isUndecided = isTableUndecided(studio, labeled);
  void studio.addTables(files, columns, undefined, 'classify');
  if (isUndecided) return CLASSIFIER_SETUP;
  void studio.tune('classify', { asksFirst: true });
  return '/train';
}

/** The question for the filled button, if there is no text: a labeled table only if all are. */
export function firstQuestion(allQuestions: readonly Question[]): Question | undefined {
  const answerable = allQuestions.filter(({ kind }) => kind !== 'looking');
  return answerable.find((question) => !isLabeled(question)) ?? answerable[0];
}
