/** Timestamps, in milliseconds since 1970. */
import { z } from './zod';

/** Last millisecond of the year 9999. Calendars refuse dates with more digits long before `Date` ends. */
const LATEST = Date.UTC(10_000, 0) - 1;

/** Timestamp from a file: a whole number within the calendar's range. */
export const moment = z.int().nonnegative().max(LATEST);

/** Timestamp from the store. Clamps out-of-range values of earlier versions, so that their records open. */
export const storedMoment = z.number().transform((at) => Math.trunc(Math.min(Math.max(at, 0), LATEST)));
