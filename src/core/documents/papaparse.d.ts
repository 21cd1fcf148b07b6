/** Types of the parts of papaparse that we use. The package's own types would bring all of Node into core. */
declare module 'papaparse' {
  interface Result {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly { readonly code: string; readonly index?: number }[];
    /** `cursor`: end of the parsed text. */
    readonly meta: { readonly cursor: number };
  }
  interface Settings {
    delimiter?: string;
    newline?: '\n' | '\r';
    /** Treats quotes as ordinary characters. */
    fastMode?: boolean;
    /** Maximum number of rows. */
    preview?: number;
    /** Called with each row. */
    step?(row: Result): void;
  }
  const papa: {
    parse(text: string, settings: Settings): Result;
    Parser: new (settings: Settings) => {
      /** @param ignoreLastRow skips a last row without a line end */
      parse(text: string, base: number, ignoreLastRow: boolean): Result;
    };
  };
  export default papa;
}
