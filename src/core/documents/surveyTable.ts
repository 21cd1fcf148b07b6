/** Surveys a table before its columns are chosen: its first rows, and counts of each label if a column holds labels. */
import { previewRows } from './goodRows';
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
    const firstRows: Row['cells'][] = [];
    let labelCounts: LabelCounts | undefined;
    let rowCount = 0;
    for await (const { cells } of previewRows(source, format, readers, encoding)) {
      if (rowCount === maxRows) return surveyOf(headOf(firstRows), labelCounts, rowCount, false);
      rowCount++;
      if (firstRows.length < HEAD_ROWS) {
        firstRows.push(cells);
        if (firstRows.length < HEAD_ROWS) continue;
        labelCounts = startCounting(firstRows);
        if (!labelCounts) break;
      } else if (!countLabel(labelCounts!, cells)) {
        labelCounts = undefined;
        break;
      }
    }
    if (rowCount === 0) throw noRows(source.name);
    if (firstRows.length < HEAD_ROWS) labelCounts = startCounting(firstRows);
    return surveyOf(headOf(firstRows), labelCounts, rowCount, true);
  });
}
/** Maximum number of rows that are counted, so that a table of a million rows doesn't keep the user waiting. */
const MAX_ROWS = 100_000;
/** Maximum number of distinct labels in a guessed column. */
const MAX_LABELS = 100;

interface LabelCounts {
  columns: LabeledTable['columns'];
  counts: Map<string, number>;
  longest: number;
}

function startCounting(firstRows: readonly Row['cells'][]): LabelCounts | undefined {
  const head = headOf(firstRows);
  const { text, label, ...otherColumns } = labelColumns(head);
  if (text === undefined || label === undefined || labelsIn(head, label).length === 0) return undefined;
  const labelCounts: LabelCounts = { columns: { text, label, ...otherColumns }, counts: new Map(), longest: 0 };
  for (const cells of firstRows) countLabel(labelCounts, cells);
  return labelCounts;
}

/** Counts a row's label. @returns false if there are too many distinct values to be labels */
function countLabel(labelCounts: LabelCounts, cells: Row['cells']): boolean {
  const { columns, counts } = labelCounts;
  const label = (cells.get(columns.label) ?? '').trim();
  if (label === '') return true;
  counts.set(label, (counts.get(label) ?? 0) + 1);
  const lengths = [columns.text, ...(columns.besides ?? [])].map((name) => cells.get(name)?.length ?? 0);
  labelCounts.longest = Math.max(
    labelCounts.longest,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  return counts.size <= MAX_LABELS;
}

function surveyOf(
  head: TableHead,
  labelCounts: LabelCounts | undefined,
  rowCount: number,
  isAll: boolean,
): TableSurvey {
  if (!labelCounts || labelCounts.counts.size < 2) return head;
  const counts = [...labelCounts.counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return {
    ...head,
    labeled: { columns: labelCounts.columns, counts, rows: rowCount, isAll, longest: labelCounts.longest },
  };
}
