/** A file while it is read. */
export interface OpenFile {
  name: string;
  /** Its bytes, once, from the start. */
  bytes: AsyncIterable<Uint8Array>;
  /** Tells the person something about how it was read. */
  note: (sentence: string) => void;
}

/** One kind of file that text can be taken from: a file in this folder and a line in index.ts. */
export interface TextFormat {
  label: string;
  /** Endings of file names, in lower case and without the dot. */
  endings: readonly string[];
  /**
   * The text, in pieces of any size, never cut inside a code point. Nothing is changed without a note.
   * @throws HomegrownError `bad-file` naming the file, the place, the reason and a way out
   */
  read(file: OpenFile): AsyncIterable<string>;
}
