/** Last lists of runs by project: a reopened project shows its list at once, until it is read again. */
import type { RunCurve } from '../core/runs/curve';
import type { RunRow } from '../protocol/data';

type Rows = readonly RunRow[];

export class EarlierLists {
  #lists = new Map<string, Rows>();

  save(projectId: string, rows: Rows): void {
    this.#lists.delete(projectId);
    this.#lists.set(projectId, rows);
    if (this.#lists.size > MAX_LISTS) this.#lists.delete(this.#lists.keys().next().value!);
  }
  get(projectId: string): Rows | null {
    return this.#lists.get(projectId) ?? null;
  }
}
/** Maximum number of stored lists: one with 200 runs is some megabytes. */
const MAX_LISTS = 4;

/** Merges a newly read list: unchanged rows keep their identity, so they aren't drawn again. */
export function mergeRows(before: Rows, rows: Rows): Rows {
  const oldRows = new Map(before.map((row) => [row.record.id, row]));
  const merged = rows.map((row) => {
    const old = oldRows.get(row.record.id);
    return old && isSame(old, row) ? old : row;
  });
  return merged.length === before.length && merged.every((row, i) => row === before[i]) ? before : merged;
}

const isSame = (a: RunRow, b: RunRow): boolean =>
  a.step === b.step &&
  a.bytes === b.bytes &&
  isSameCurve(a.curve, b.curve) &&
  JSON.stringify(a.record) === JSON.stringify(b.record);

function isSameCurve(a: RunCurve | null, b: RunCurve | null): boolean {
  if (a === null || b === null) return a === b;
  const [columns, otherColumns] = [a, b].map(({ training, evaluations }) => [
    ...Object.values(training),
    ...Object.values(evaluations),
  ]) as [Float64Array[], Float64Array[]];
  return (
    a.step === b.step &&
    JSON.stringify(a.sample) === JSON.stringify(b.sample) &&
    columns.every((column, i) => isSameColumn(column, otherColumns[i]!))
  );
}

/** Treats NaN as equal to NaN. Uses a loop, as there are hundreds of thousands of numbers. */
function isSameColumn(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
