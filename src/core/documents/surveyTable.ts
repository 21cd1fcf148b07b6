/** Surveys a table before its columns are chosen: its first rows, and counts of each label if a column holds labels. */
import { goodRows } from './goodRows';
import { HEAD_ROWS, headOf, labelColumns, labelsIn, noRows, type TableHead, type TextColumns } from './columns';
import { inItsEncoding } from './encodings';
import { inProcess } from './guard/readers';
import type { TableFormatId } from './formats';
import type { Row } from './formats/format';
import type { TextSource } from './readFile';

export interface TableSurvey extends TableHead {
  /** Absent if no column holds labels. */
  labeled?: LabeledTable;
}
export interface LabeledTable {
  columns: TextColumns & { label: string };
  /** Number of rows with each label, the most frequent first. */
  counts: readonly { label: string; count: number }[];
  /** Number of rows that were read. */
  rows: number;
  /** False if there are more rows. */
  isAll: boolean;
  /** Code units of the longest labeled text. */
  longest: number;
}

/** @throws HomegrownError `bad-file` if the file isn't a table, or has no rows; `bad-encoding` */
export async function surveyTable(
  source: Pick<TextSource, 'name' | 'stream' | 'places' | 'reading'>,
  format: TableFormatId,
  readers = inProcess,
  maxRows = MAX_ROWS,
): Promise<TableSurvey> {
  return inItsEncoding(source.reading?.encoding, async (encoding) => {
    const first: Row['cells'][] = [];
    let begun: Begun | undefined;
    let rows = 0;
    for await (const { cells } of goodRows(source, format, readers, encoding)) {
      if (rows === maxRows) return surveyOf(headOf(first), begun, rows, false);
      rows++;
      if (first.length < HEAD_ROWS) {
        first.push(cells);
        if (first.length < HEAD_ROWS) continue;
        begun = begin(first);
        if (!begun) break;
      } else if (!count(begun!, cells)) {
        begun = undefined;
        break;
      }
    }
    if (rows === 0) throw noRows(source.name);
    if (first.length < HEAD_ROWS) begun = begin(first);
    return surveyOf(headOf(first), begun, rows, true);
  });
}
/** Maximum number of rows that are counted, so that a table of a million rows doesn't keep the user waiting. */
const MAX_ROWS = 100_000;
/** Maximum number of distinct labels in a guessed column. */
const MAX_LABELS = 100;

interface Begun {
  columns: LabeledTable['columns'];
  counts: Map<string, number>;
  longest: number;
}

function begin(first: readonly Row['cells'][]): Begun | undefined {
  const head = headOf(first);
  const { text, label, ...others } = labelColumns(head);
  if (text === undefined || label === undefined || labelsIn(head, label).length === 0) return undefined;
  const begun: Begun = { columns: { text, label, ...others }, counts: new Map(), longest: 0 };
  for (const cells of first) count(begun, cells);
  return begun;
}

/** Counts a row's label. @returns false if there are too many distinct values to be labels */
function count(begun: Begun, cells: Row['cells']): boolean {
  const { columns, counts } = begun;
  const label = (cells.get(columns.label) ?? '').trim();
  if (label === '') return true;
  counts.set(label, (counts.get(label) ?? 0) + 1);
  const parts = [columns.text, ...(columns.besides ?? [])].map((name) => cells.get(name)?.length ?? 0);
  begun.longest = Math.max(
    begun.longest,
    parts.reduce((sum, length) => sum + length, 0),
  );
  return counts.size <= MAX_LABELS;
}

function surveyOf(head: TableHead, begun: Begun | undefined, rows: number, isAll: boolean): TableSurvey {
  if (!begun || begun.counts.size < 2) return head;
  const counts = [...begun.counts].map(([label, n]) => ({ label, count: n })).sort((a, b) => b.count - a.count);
  return { ...head, labeled: { columns: begun.columns, counts, rows, isAll, longest: begun.longest } };
}
