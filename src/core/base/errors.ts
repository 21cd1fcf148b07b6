/** Every failure that the product explains. Any other thrown value is a bug and keeps its stack. */
export type FailureCode =
  | 'bad-file' // the given file can't be read as its claimed format
  | 'bad-encoding' // the bytes aren't UTF-8; the user can name their encoding
  | 'bad-rows' // some rows can't be read; the user can leave them out
  | 'bad-shape' // rows match no known chat format; the user can name the two columns
  | 'bad-settings' // a combination of settings that cannot run
  | 'out-of-memory'
  | 'device-lost'
  | 'device-gone' // lost, and the browser gives no other
  | 'diverged' // the loss or a weight is no longer a finite number
  | 'storage-full'
  | 'storage-damaged' // stored bytes do not hash to what was written
  | 'newer-version' // a later version of Homegrown stored it
  | 'storage-blocked' // the browser refuses IndexedDB
  | 'in-use' // another tab holds the run
  | 'load-failed' // a part of the app failed to load
  | 'bug';

/** Error as plain data, which can cross a worker boundary. */
export interface Failure {
  code: FailureCode;
  /** One sentence: what happened, with numbers. */
  message: string;
  /** What is safe and what to do, if the thrower knows better than the general advice for the code. */
  remedy?: string;
  stack?: string;
  /** Only for `bad-rows`. */
  rows?: BadRowList;
  /** Content of a `bad-file` that has no text, in a word or two (`empty`, `PNG picture`). */
  noText?: string;
}

/** Summary of a file's unreadable rows. */
export interface BadRowList {
  count: number;
  /** The first rows, each with a reason that continues the place: `line 12`, `isn't a JSON object`. */
  listed: readonly { place: string; problem: string }[];
}

/** The one error class that core throws on purpose. */
export class HomegrownError extends Error {
  override readonly name = 'HomegrownError';
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly remedy?: string,
    readonly rows?: BadRowList,
    readonly noText?: string,
  ) {
    super(message);
  }
}

export const badFile = (message: string, remedy?: string): HomegrownError =>
  new HomegrownError('bad-file', message, remedy);

/** Error for a file without text, which can be skipped without losing any. @param what content in place of text */
export const withoutText = (what: string, message: string, remedy?: string): HomegrownError =>
  new HomegrownError('bad-file', message, remedy, undefined, what);

/** Whether the error concerns one file only, so that other files can still be read. */
export const isBadFile = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && ['bad-file', 'bad-encoding', 'bad-rows', 'bad-shape'].includes(error.code);

export const badSettings = (message: string, remedy?: string): HomegrownError =>
  new HomegrownError('bad-settings', message, remedy);

/** Joins sentences into one paragraph, and adds missing full stops. */
export const paragraph = (...parts: readonly (string | undefined)[]): string =>
  parts
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');

/** Converts any thrown value to plain data. */
export function toFailure(error: unknown): Failure {
  if (error instanceof HomegrownError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
      ...(error.stack !== undefined && { stack: error.stack }),
      ...(error.rows && { rows: error.rows }),
      ...(error.noText !== undefined && { noText: error.noText }),
    };
  }
  if (error instanceof Error) {
    const code = NOT_LOADED.test(error.message) ? 'load-failed' : 'bug';
    return { code, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
  }
  return { code: 'bug', message: String(error) };
}

/** Messages of Chromium and Firefox, and of Safari, for a dynamic import that fails to load. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed/;

export const fromFailure = ({ code, message, remedy, stack, rows, noText }: Failure): HomegrownError =>
  Object.assign(new HomegrownError(code, message, remedy, rows, noText), stack === undefined ? {} : { stack });
