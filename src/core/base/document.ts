/** Unit of training text. An end token separates two documents, and a batch may record where each ends. */
export interface Document {
  /** Hash of the original file if the document is a whole file, else of its UTF-8; in hex. */
  sha256: string;
  /** Characters (code points) and UTF-8 bytes. */
  characters: number;
  bytes: number;
  /** Yields the text from the start, in pieces of at most about 1 MiB that never split a code point. */
  chunks(): AsyncIterable<string>;
  /** Display name. */
  title?: string;
  /** Text that contains the document, and the document's index in it; absent for a standalone document. */
  text?: string;
  place?: number;
  /** Metadata by name. `label` is the document's class. */
  fields?: Readonly<Record<string, string>>;
  /** Never part of the validation set. */
  trainOnly?: true;
  /** Byte range of each field's text within the document. */
  spans?: Readonly<Record<string, readonly [from: number, to: number]>>;
  /** Token IDs that differ from the tokenized text, and the trained ranges, end excluded. Never split. */
  encoded?(): Promise<{ ids: Uint32Array; lossRanges: readonly (readonly [from: number, to: number])[] }>;
}

/** Documents that can be iterated many times, each time from the first: a list, or a stream. */
export type Documents = Iterable<Document> | AsyncIterable<Document>;

/** Applies `change` to each document. */
export const mapped = (documents: Documents, change: (document: Document) => Document): Documents => ({
  async *[Symbol.asyncIterator]() {
    for await (const document of documents) yield change(document);
  },
});

/** Sums a count over all documents. */
export async function totalOf(documents: Documents, what: 'characters' | 'bytes'): Promise<number> {
  let total = 0;
  for await (const document of documents) total += document[what];
  return total;
}
