/** What stands in JSON that another program has written: of its kind, or nothing. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Milliseconds since 1970 of seconds, as a number or in digits; NaN where there are none. */
export const secondsOf = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) * 1000 : NaN;
