/** Unit of training text. An end token separates two documents, and a batch may know where one ends. */
export interface Document {
  /** Of the file as it was given where it is a whole one, else of its UTF-8; in hex. */
  sha256: string;
  /** Characters (code points) and UTF-8 bytes. */
  characters: number;
  bytes: number;
  /** Its text from the start, in pieces of at most about 1 MiB that are never cut inside a code point. */
  chunks(): AsyncIterable<string>;
  /** What it is called. */
  title?: string;
  /** The text that it is of, and which of its documents it is; absent for one that is no part of a text. */
  text?: string;
  place?: number;
  /** What is known of it: `label` is what it is an example of. */
  fields?: Readonly<Record<string, string>>;
  /** It is never held out. */
  trainOnly?: true;
  /** Where a field's text is within it: bytes from and to. */
  spans?: Readonly<Record<string, readonly [from: number, to: number]>>;
  /** Token IDs that differ from the tokenized text, and the trained ranges, from and up to. Such a document is never cut. */
  encoded?(): Promise<{ ids: Uint32Array; lossRanges: readonly (readonly [from: number, to: number])[] }>;
}

/** From the first, as often as it is asked for: a list of them, or one after another as they are read. */
export type Documents = Iterable<Document> | AsyncIterable<Document>;

/** Each of them otherwise. */
export const mapped = (documents: Documents, change: (document: Document) => Document): Documents => ({
  async *[Symbol.asyncIterator]() {
    for await (const document of documents) yield change(document);
  },
});

/** Of all of them together. */
export async function totalOf(documents: Documents, what: 'characters' | 'bytes'): Promise<number> {
  let total = 0;
  for await (const document of documents) total += document[what];
  return total;
}
