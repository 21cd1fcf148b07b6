/** Buttons that start work name its time. */
import { formatDuration } from '../core/base/units';

/** `Start training · 2 min 20 s`; the words alone if no time is known. @param time in milliseconds */
export const timed = (words: string, time: number | undefined): string =>
  time === undefined ? words : `${words} · ${formatDuration(time)}`;
