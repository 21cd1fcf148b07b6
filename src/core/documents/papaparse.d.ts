/** What is used of papaparse. The package's own types would let all of Node into core. */
declare module 'papaparse' {
  interface Result {
    readonly data: readonly (readonly string[])[];
    readonly errors: readonly { readonly code: string; readonly index?: number }[];
    /** `cursor`: where what was read ends. */
    readonly meta: { readonly cursor: number };
  }
  interface Settings {
    delimiter?: string;
    newline?: '\n' | '\r';
    /** True: a quote is a letter. */
    fastMode?: boolean;
    /** Rows. */
    preview?: number;
    /** Called with each row by itself. */
    step?(row: Result): void;
  }
  const papa: {
    parse(text: string, settings: Settings): Result;
    Parser: new (settings: Settings) => {
      /** `ignoreLastRow`: a row without its end is not read. */
      parse(text: string, base: number, ignoreLastRow: boolean): Result;
    };
  };
  export default papa;
}
