/** A task as a table: each row has a prompt with its expected answer, or with choices and the correct one. */
import { badFile } from '../base/errors';
import { formatCount } from '../base/units';

/** @see Row of documents */
export interface TableRow {
  line: number;
  cells: ReadonlyMap<string, string>;
}

type TaskItem = Answered | Chosen;
interface Prompted {
  /** Line in the table's file, from 1. */
  line: number;
  prompt: string;
}
export interface Answered extends Prompted {
  answer: string;
}
export interface Chosen extends Prompted {
  /** At least two. */
  choices: readonly string[];
  /** Index of the correct choice. */
  right: number;
}

/** Rows of a task: either all have choices or none. */
export type TaskItems = readonly [Answered, ...Answered[]] | readonly [Chosen, ...Chosen[]];
export const areChoices = (items: TaskItems): items is readonly [Chosen, ...Chosen[]] => 'choices' in items[0];

/** Names of columns; absent ones are found by their usual names. */
export interface TaskColumns {
  prompt?: string;
  answer?: string;
  /** One column whose cells have choices separated by |, or one column for each choice. */
  choices?: readonly string[];
}

/** Usual names of columns, in lower case. */
const PROMPT = ['prompt', 'question', 'input'];
const ANSWER = ['answer', 'right', 'target', 'label'];
const CHOICES = ['choices', 'options'];
const ONE_CHOICE = /^(?:choice|option)[ _-]?(?:\d{1,3}|[a-z])$/;

/** Maximum number of rows; at a usual model size, each takes a few hundredths of a second. */
const MAX_ROWS = 20_000;
/** Maximum choices in a row. */
const MAX_CHOICES = 100;

/**
 * Matches the correct choice by its text, its number from 1, its letter, or the name of its column, whichever fits
 * first.
 * @throws HomegrownError `bad-file`, with the line, if a column or a cell is missing, or the table has no rows. Also if
 * a row has fewer than two choices, duplicates or no correct choice.
 */
export async function taskItems(
  name: string,
  rows: AsyncIterable<TableRow>,
  requested: TaskColumns = {},
): Promise<TaskItems> {
  const items: TaskItem[] = [];
  let columns: Required<TaskColumns> | undefined;
  for await (const row of rows) {
    columns ??= findColumns(name, [...row.cells.keys()], requested);
    if (items.length === MAX_ROWS)
      throw badFile(`${name} has more than ${formatCount(MAX_ROWS)} rows.`, 'Use a table with fewer.');
    items.push(parseItem(name, row, columns));
  }
  if (items.length === 0)
    throw badFile(`${name} has no rows.`, 'Add a row for each prompt, below a row of column names.');
  return items as unknown as TaskItems;
}

function findColumns(name: string, existing: readonly string[], requested: TaskColumns): Required<TaskColumns> {
  const missing = [requested.prompt, requested.answer, ...(requested.choices ?? [])].find(
    (column) => column !== undefined && !existing.includes(column),
  );
  if (missing !== undefined)
    throw badFile(`${name} has no column ${JSON.stringify(missing)}. ${listColumns(existing)}`, COLUMN_HELP);
  const columnNamed = (names: readonly string[]): string | undefined =>
    names
      .map((usualName) => existing.find((column) => column.toLowerCase() === usualName))
      .find((column) => column !== undefined);
  const prompt = requested.prompt ?? columnNamed(PROMPT);
  if (prompt === undefined) throw badFile(`${name} has no prompt column. ${listColumns(existing)}`, COLUMN_HELP);
  const answer = requested.answer ?? columnNamed(ANSWER);
  if (answer === undefined) throw badFile(`${name} has no answer column. ${listColumns(existing)}`, COLUMN_HELP);
  const choicesColumn = columnNamed(CHOICES);
  const choices =
    requested.choices ??
    (choicesColumn === undefined
      ? existing.filter((column) => ONE_CHOICE.test(column.toLowerCase()))
      : [choicesColumn]);
  return { prompt, answer, choices };
}
const listColumns = (columns: readonly string[]): string =>
  `It has ${columns.slice(0, MAX_LISTED).join(', ')}${columns.length > MAX_LISTED ? ' and others' : ''}.`;
const MAX_LISTED = 12;
const COLUMN_HELP =
  'A task needs a prompt column and an answer column. For multiple choice, add a choices column, or choice 1, choice 2 and so on. Or choose the columns.';

function parseItem(name: string, { line, cells }: TableRow, columns: Required<TaskColumns>): TaskItem {
  const location = `Line ${formatCount(line)} of ${name}`;
  const prompt = cells.get(columns.prompt) ?? '';
  const answer = (cells.get(columns.answer) ?? '').trim();
  for (const [cell, column] of [
    [prompt, columns.prompt],
    [answer, columns.answer],
  ] as const) {
    if (cell.trim() === '')
      throw badFile(`${location} has no value in ${column}.`, 'Fill the cell, or remove the row.');
    if (!cell.isWellFormed())
      throw badFile(`${location} has half of a surrogate pair in ${column}.`, 'Remove it, and add the table again.');
  }
  if (columns.choices.length === 0) return { line, prompt, answer };
  const choices = parseChoices(cells, columns.choices);
  if (choices.length < 2)
    throw badFile(
      `${location} has ${choices.length === 1 ? `one choice, ${JSON.stringify(choices[0]!.text)}` : 'no choices'}.`,
      columns.choices.length === 1
        ? `Add two or more in ${columns.choices[0]!}, separated by |.`
        : `Add two or more, in ${columns.choices.join(', ')}.`,
    );
  if (choices.length > MAX_CHOICES)
    throw badFile(`${location} has ${formatCount(choices.length)} choices.`, `Use at most ${MAX_CHOICES}.`);
  const texts = choices.map(({ text }) => text);
  const duplicate = texts.find((text, i) => texts.indexOf(text) < i);
  if (duplicate !== undefined)
    throw badFile(`${location} has the choice ${JSON.stringify(duplicate)} twice.`, 'Remove one of them.');
  const right = indexOfRight(answer, choices);
  if (right < 0)
    throw badFile(
      `${location} has ${JSON.stringify(answer)} in ${columns.answer}, which is not one of its ${choices.length} choices.`,
      'Use the text of the right choice, its number from 1, or its letter.',
    );
  return { line, prompt, choices: texts, right };
}

interface Choice {
  text: string;
  column: string;
}
function parseChoices(cells: TableRow['cells'], columns: readonly string[]): readonly Choice[] {
  const [firstColumn] = columns;
  const cellTexts =
    columns.length === 1
      ? (cells.get(firstColumn!) ?? '').split('|').map((text) => ({ text, column: '' }))
      : columns.map((column) => ({ text: cells.get(column) ?? '', column }));
  return cellTexts.map(({ text, column }) => ({ text: text.trim(), column })).filter(({ text }) => text !== '');
}

function indexOfRight(answer: string, choices: readonly Choice[]): number {
  const exactMatch = choices.findIndex(({ text }) => text === answer);
  if (exactMatch >= 0) return exactMatch;
  const index = /^\d+$/.test(answer) ? Number(answer) - 1 : /^[A-Za-z]$/.test(answer) ? parseInt(answer, 36) - 10 : -1;
  if (index >= 0) return index < choices.length ? index : -1;
  return choices.findIndex(({ column }) => column !== '' && column.toLowerCase() === answer.toLowerCase());
}
