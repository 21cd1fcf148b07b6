/** One text, as the stages after Text see it. */
export interface Document {
  /** Of the file as it was given, in hex. */
  sha256: string;
  /** Characters (code points) and UTF-8 bytes of the text. */
  characters: number;
  bytes: number;
  /** The text from its start, in pieces of at most about 1 MiB that are never cut inside a code point. */
  chunks(): AsyncIterable<string>;
}
