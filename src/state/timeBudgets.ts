/** Time budgets of a run to choose from. */
import { formatDuration } from '../core/base/units';

/** Minutes, from a glance to a night. */
const TIMES = [
  { value: '1', label: '1 min' },
  { value: '5', label: '5 min' },
  { value: '20', label: '20 min' },
  { value: '120', label: '2 h' },
  { value: '600', label: 'overnight' },
] as const;

/** The list, plus the current budget if it isn't in it, such as the first click's. */
export const timeBudgets = (minutes: number): { value: string; label: string }[] =>
  [
    ...TIMES,
    ...(TIMES.some(({ value }) => Number(value) === minutes)
      ? []
      : [{ value: String(minutes), label: formatDuration(60_000 * minutes) }]),
  ].sort((a, b) => Number(a.value) - Number(b.value));
