/** Table of runs: column values, sorting and filtering. */
import { isSameValue, type Setting, settingsThatDiffer, valueWords } from '../../core/runs/compare';
import { headlineOf } from '../../core/objectives';
import { endingOf } from '../../core/runs/ending';
import { endingWord } from '../../core/train/endingWord';
import type { SortOrder } from '../../ui';
import { gapOf, judgementOf } from './verdict';
import { headlineValue, type RunView, timeOf } from './view';
import { stateWords } from './words';

/** Whether a run is being trained, here or in another tab. */
export type IsRunning = (view: RunView) => boolean;

export interface Sort {
  column: string;
  order: SortOrder;
}

/** Column that can be hidden and sorted. */
export interface RunColumn {
  id: string;
  label: string;
  isNumber: boolean;
  /** Unit of the numbers in a spreadsheet. */
  unit?: string;
  /** Sort key; undefined comes last in either order. */
  sortKey: (view: RunView) => number | string | undefined;
  /** Setting that differs among the runs. */
  setting?: Setting;
}

/**
 * Columns: scores of runs, then the settings that differ among them.
 * @returns `sameCount`: number of settings that are equal in all runs
 */
export function columnsOf(
  views: readonly RunView[],
  isRunning: IsRunning,
): { columns: readonly RunColumn[]; sameCount: number } {
  const { differ, same: sameCount } = settingsThatDiffer(views.map(({ made }) => made));
  const { label } = headlineOf(views[0]?.objective ?? 'causal');
  const columns: RunColumn[] = [
    { id: 'bits', label: 'Bits per byte', isNumber: true, sortKey: ({ bits }) => bits },
    { id: 'difference', label: 'Difference', isNumber: true, sortKey: ({ bits }) => bits },
    { id: 'headline', label, isNumber: true, sortKey: headlineValue },
    { id: 'best', label: 'Best step', isNumber: true, sortKey: ({ best }) => best?.step },
    { id: 'gap', label: 'Gap', unit: 'nats', isNumber: true, sortKey: gapOf },
    ...differ.map((setting): RunColumn => {
      const sortKey = ({ made }: RunView) => {
        const value = setting.of(made);
        return typeof value === 'object' ? value.words : value;
      };
      return { id: setting.id, label: setting.label, isNumber: setting.isNumber, sortKey, setting };
    }),
    { id: 'time', label: 'Time', unit: 'ms', isNumber: true, sortKey: timeOf },
    {
      id: 'verdict',
      label: 'Verdict',
      isNumber: false,
      sortKey: (view) => judgementOf(view, isRunning(view)).judgement,
    },
    { id: 'kept', label: 'Checkpoints', unit: 'bytes', isNumber: true, sortKey: ({ row }) => row.bytes ?? undefined },
    { id: 'state', label: 'State', isNumber: false, sortKey: (view) => stateWords(view, isRunning(view)) },
  ];
  return { columns, sameCount };
}

/** Whether a setting differs from the baseline's. */
export const differsFromBaseline = (setting: Setting, view: RunView, baseline: RunView | undefined): boolean =>
  baseline !== undefined && !isSameValue(setting.of(view.made), setting.of(baseline.made));

/** Sorted rows. Runs without the value come last; equal values sort newest first. */
export function sortRuns(views: readonly RunView[], sort: Sort, columns: readonly RunColumn[]): readonly RunView[] {
  const sortKey =
    sort.column === 'run'
      ? ({ name }: RunView) => name.toLowerCase()
      : columns.find(({ id }) => id === sort.column)?.sortKey;
  if (!sortKey) return views;
  const sign = sort.order === 'ascending' ? 1 : -1;
  return views.toSorted((a, b) => {
    const [x, y] = [sortKey(a), sortKey(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x < y ? -1 : x > y ? 1 : 0) || b.createdAt - a.createdAt;
  });
}

/** Toggles the order of the sorted column; another column starts ascending, as suits losses and names. */
export const toggleSort = (current: Sort, column: string): Sort => ({
  column,
  order: current.column === column && current.order === 'ascending' ? 'descending' : 'ascending',
});

/** Runs that contain every word of the filter in their name, tags, note, ending or differing settings. */
export function filterRuns(
  views: readonly RunView[],
  filter: string,
  columns: readonly RunColumn[],
): readonly RunView[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return views;
  return views.filter(({ name, made, step, planned, row: { record } }) => {
    const settings = columns.flatMap(({ setting }) =>
      setting ? [`${setting.label} ${valueWords(setting.of(made))}`] : [],
    );
    const ending = endingWord(endingOf(record, step, planned));
    const text = [name, ...record.tags, record.note, ending, ...settings].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
