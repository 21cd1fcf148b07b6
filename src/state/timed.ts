import { formatDuration } from '../core/base/units';

/**
 * Label of a button that starts work, `Start training · 2 min 20 s`; without a time if none is known.
 * @param time in milliseconds
 */
export const timed = (words: string, time: number | undefined): string =>
  time === undefined ? words : `${words} · ${formatDuration(time)}`;
