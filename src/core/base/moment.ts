/** Moments as numbers, in milliseconds since 1970. */
import { z } from './zod';

/** The last one of the year 9999: dates with more digits are refused by calendars long before `Date` ends. */
const LATEST = Date.UTC(10_000, 0) - 1;

/** One from a file: a whole number that a calendar has. */
export const moment = z.int().nonnegative().max(LATEST);

/** One from the store. What an earlier version let in is brought to the nearest that there is, so that it opens. */
export const storedMoment = z.number().transform((at) => Math.trunc(Math.min(Math.max(at, 0), LATEST)));
