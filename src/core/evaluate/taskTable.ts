/** A task as a table: each row has a prompt with its expected answer, or with choices and the correct one. */
import { badFile } from '../base/errors';
import { formatCount } from '../base/units';

/** @see Row of documents */
export interface TableRow {
  line: number;
  cells: ReadonlyMap<string, string>;
}

type TaskItem = Answered | Chosen;
interface Asked {
  /** Line in the table's file, from 1. */
  line: number;
  prompt: string;
}
export interface Answered extends Asked {
  answer: string;
}
export interface Chosen extends Asked {
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
  asked: TaskColumns = {},
): Promise<TaskItems> {
  const items: TaskItem[] = [];
  let columns: Required<TaskColumns> | undefined;
  for await (const row of rows) {
    columns ??= columnsOf(name, [...row.cells.keys()], asked);
    if (items.length === MAX_ROWS)
      throw badFile(`${name} has more than ${formatCount(MAX_ROWS)} rows.`, 'Use a table with fewer.');
    items.push(itemOf(name, row, columns));
  }
  if (items.length === 0)
    throw badFile(`${name} has no rows.`, 'Add a row for each prompt, below a row of column names.');
  return items as unknown as TaskItems;
}

function columnsOf(name: string, all: readonly string[], asked: TaskColumns): Required<TaskColumns> {
  const missing = [asked.prompt, asked.answer, ...(asked.choices ?? [])].find(
    (each) => each !== undefined && !all.includes(each),
  );
  if (missing !== undefined) throw badFile(`${name} has no column ${JSON.stringify(missing)}. ${itHas(all)}`, NAMED);
  const called = (names: readonly string[]): string | undefined =>
    names.map((own) => all.find((column) => column.toLowerCase() === own)).find((column) => column !== undefined);
  const prompt = asked.prompt ?? called(PROMPT);
  if (prompt === undefined) throw badFile(`${name} has no prompt column. ${itHas(all)}`, NAMED);
  const answer = asked.answer ?? called(ANSWER);
  if (answer === undefined) throw badFile(`${name} has no answer column. ${itHas(all)}`, NAMED);
  const one = called(CHOICES);
  const choices =
    asked.choices ?? (one === undefined ? all.filter((column) => ONE_CHOICE.test(column.toLowerCase())) : [one]);
  return { prompt, answer, choices };
}
const itHas = (all: readonly string[]): string =>
  `It has ${all.slice(0, MAX_NAMED).join(', ')}${all.length > MAX_NAMED ? ' and others' : ''}.`;
const MAX_NAMED = 12;
const NAMED =
  'A task needs a prompt column and an answer column. For multiple choice, add a choices column, or choice 1, choice 2 and so on. Or choose the columns.';

function itemOf(name: string, { line, cells }: TableRow, columns: Required<TaskColumns>): TaskItem {
  const at = `Line ${formatCount(line)} of ${name}`;
  const prompt = cells.get(columns.prompt) ?? '';
  const answer = (cells.get(columns.answer) ?? '').trim();
  for (const [cell, column] of [
    [prompt, columns.prompt],
    [answer, columns.answer],
  ] as const) {
    if (cell.trim() === '') throw badFile(`${at} has no value in ${column}.`, 'Fill the cell, or remove the row.');
    if (!cell.isWellFormed())
      throw badFile(`${at} has half of a surrogate pair in ${column}.`, 'Remove it, and add the table again.');
  }
  if (columns.choices.length === 0) return { line, prompt, answer };
  const choices = choicesOf(cells, columns.choices);
  if (choices.length < 2)
    throw badFile(
      `${at} has ${choices.length === 1 ? `one choice, ${JSON.stringify(choices[0]!.text)}` : 'no choices'}.`,
      columns.choices.length === 1
        ? `Add two or more in ${columns.choices[0]!}, separated by |.`
        : `Add two or more, in ${columns.choices.join(', ')}.`,
    );
  if (choices.length > MAX_CHOICES)
    throw badFile(`${at} has ${formatCount(choices.length)} choices.`, `Use at most ${MAX_CHOICES}.`);
  const texts = choices.map(({ text }) => text);
  const twice = texts.find((text, i) => texts.indexOf(text) < i);
  if (twice !== undefined) throw badFile(`${at} has the choice ${JSON.stringify(twice)} twice.`, 'Remove one of them.');
  const right = rightOf(answer, choices);
  if (right < 0)
    throw badFile(
      `${at} has ${JSON.stringify(answer)} in ${columns.answer}, which is not one of its ${choices.length} choices.`,
      'Use the text of the right choice, its number from 1, or its letter.',
    );
  return { line, prompt, choices: texts, right };
}

interface Choice {
  text: string;
  column: string;
}
function choicesOf(cells: TableRow['cells'], columns: readonly string[]): readonly Choice[] {
  const [only] = columns;
  const all =
    columns.length === 1
      ? (cells.get(only!) ?? '').split('|').map((text) => ({ text, column: '' }))
      : columns.map((column) => ({ text: cells.get(column) ?? '', column }));
  return all.map(({ text, column }) => ({ text: text.trim(), column })).filter(({ text }) => text !== '');
}

function rightOf(answer: string, choices: readonly Choice[]): number {
  const named = choices.findIndex(({ text }) => text === answer);
  if (named >= 0) return named;
  const place = /^\d+$/.test(answer) ? Number(answer) - 1 : /^[A-Za-z]$/.test(answer) ? parseInt(answer, 36) - 10 : -1;
  if (place >= 0) return place < choices.length ? place : -1;
  return choices.findIndex(({ column }) => column !== '' && column.toLowerCase() === answer.toLowerCase());
}
