/** Every failure the product has words for. Anything else that is thrown is our own mistake and keeps its stack. */
export type FailureCode =
  | 'bad-file' // what the person gave cannot be read as what it claims to be
  | 'bad-encoding' // text in bytes that are not UTF-8; in which encoding they are, a person can say
  | 'bad-rows' // rows that can't be read, of a file whose others can; a person can leave them out
  | 'bad-shape' // rows that are in no shape of chats that is known; which two columns are one, a person can say
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
  | 'load-failed' // a part of the app itself did not load
  | 'bug';

/** What crosses a worker boundary: plain data. */
export interface Failure {
  code: FailureCode;
  /** One sentence: what happened, with numbers. */
  message: string;
  /** What is safe and what to do, where the thrower knows better than the general advice for the code. */
  remedy?: string;
  stack?: string;
  /** Of `bad-rows`. */
  rows?: BadRowList;
  /** Of `bad-file`, if the file has no text: what it is instead, in a word or two (`empty`, `PNG picture`). */
  noText?: string;
}

/** Rows of a file that can't be read. */
export interface BadRowList {
  count: number;
  /** The first of them, with the reason in words that continue the place: `line 12`, `isn't a JSON object`. */
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

/** A file that holds no text: it can be skipped, and nothing is lost. @param what in place of text */
export const withoutText = (what: string, message: string, remedy?: string): HomegrownError =>
  new HomegrownError('bad-file', message, remedy, undefined, what);

/** Whatever is wrong with a file: others can be read. */
export const isBadFile = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && ['bad-file', 'bad-encoding', 'bad-rows', 'bad-shape'].includes(error.code);

export const badSettings = (message: string, remedy?: string): HomegrownError =>
  new HomegrownError('bad-settings', message, remedy);

/** What happened and what to do, as sentences of one paragraph, whether or not they came with their full stops. */
export const paragraph = (...parts: readonly (string | undefined)[]): string =>
  parts
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');

/** Any thrown value as plain data. */
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

/** What Chromium and Firefox, and what Safari says where a script that is imported when it is needed does not come. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed/;

export const fromFailure = ({ code, message, remedy, stack, rows, noText }: Failure): HomegrownError =>
  Object.assign(new HomegrownError(code, message, remedy, rows, noText), stack === undefined ? {} : { stack });
