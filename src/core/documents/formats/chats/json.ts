/** Reads external JSON: returns a value if it has the expected type, else an empty one. */
export type Fields = Readonly<Record<string, unknown>>;

export const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const asString = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Converts seconds, as a number or a string, to milliseconds since 1970; NaN if missing. */
export const millisecondsOf = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) * 1000 : NaN;
