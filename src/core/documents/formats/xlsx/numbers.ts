/** Interprets numbers of a sheet by their formats: ECMA-376 part 1, 18.8.30 and 18.17.4. */

/** `elapsed`: a time that may be longer than a day. */
export type NumberKind = 'number' | 'date' | 'time' | 'moment' | 'elapsed';

/** Built-in formats by number; 27 to 36 and 50 to 58 are for Chinese, Japanese and Korean. */
const BUILT_IN_KINDS: readonly (readonly [from: number, to: number, kind: NumberKind])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'moment'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 45, 'elapsed'],
  [46, 46, 'elapsed'],
  [47, 47, 'elapsed'],
  [50, 54, 'date'],
  [55, 56, 'time'],
  [57, 58, 'date'],
];

export const builtInKind = (id: number): NumberKind =>
  BUILT_IN_KINDS.find(([from, to]) => id >= from && id <= to)?.[2] ?? 'number';

/** Kind of a custom format such as `[$-409]d\-mmm\-yy;@`. Takes linear time. */
export function customKind(code: string): NumberKind {
  // Quoted, escaped and other bracketed text isn't part of the date; the first section is for positive numbers.
  const formatLetters = code
    .replace(/"[^"]*"?|\\.|[_*]./g, '')
    .split(';')[0]!
    .toLowerCase();
  if (/\[(?:h+|m+|s+)\]/.test(formatLetters)) return 'elapsed';
  const dateLetters = formatLetters
    .replace(/\[[^\]]*\]?/g, '')
    .replace(/general|am\/pm|a\/p|e[+-]/g, (token) => (/p$/.test(token) ? 'h' : ''));
  const isTime = /[hs]/.test(dateLetters);
  const isDate = /[yd]/.test(dateLetters) || (!isTime && dateLetters.includes('m'));
  return isDate ? (isTime ? 'moment' : 'date') : isTime ? 'time' : 'number';
}

/**
 * Formats a number: dates and times in ISO 8601, others with as many digits as a spreadsheet shows.
 * @param digits as stored
 * @param is1904 whether days are counted from 1904, as in old workbooks from the Mac
 */
export function numberText(digits: string, kind: NumberKind, is1904: boolean): string {
  const value = Number(digits);
  if (digits.trim() === '' || !Number.isFinite(value)) return digits.trim();
  if (kind === 'number' || value < 0 || value >= DAYS_TO_10000) return formatNumber(digits, value);
  const seconds = Math.round(value * SECONDS_PER_DAY);
  if (kind === 'elapsed') return formatTime(seconds);
  const [days, secondsOfDay] = [Math.floor(seconds / SECONDS_PER_DAY), seconds % SECONDS_PER_DAY];
  if (kind === 'time') return formatTime(secondsOfDay);
  if (days === 0 && !is1904) return kind === 'date' ? formatNumber(digits, value) : formatTime(secondsOfDay);
  // Spreadsheets count the nonexistent 29 February 1900 as day 60.
  const serialDay = is1904 ? days + 1462 : days < 60 ? days + 1 : days;
  const date = new Date((serialDay - DAYS_TO_1970) * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  return kind === 'moment' && secondsOfDay > 0 ? `${date}T${formatTime(secondsOfDay)}` : date;
}
/** Seconds per day. */
const SECONDS_PER_DAY = 86_400;
/** Days from 30 December 1899 to 1970, and to the year 10000. */
const DAYS_TO_1970 = 25_569;
const DAYS_TO_10000 = 2_958_466;

/** Keeps 15 significant digits, as spreadsheets do; integers stay unchanged, because they may be identifiers. */
const formatNumber = (digits: string, value: number): string =>
  /^-?\d+$/.test(digits.trim()) ? digits.trim() : String(Number(value.toPrecision(15)));

const formatTime = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
