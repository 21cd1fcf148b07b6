import type { BadRow } from '../../base/badRow';
import type { ByteSource } from '../../files/byteSource';
import type { EncodingId } from '../encodings';

/** A file while it is read. */
export interface OpenFile {
  name: string;
  /** Bytes from the start; readable once. */
  bytes: AsyncIterable<Uint8Array>;
  /** Random access to the same bytes, if available, so that an archive needn't be in memory. */
  places?: ByteSource;
  /** Reports to the user how the file was read. */
  note: (sentence: string) => void;
  /** The user's choices of how to read files. */
  reading?: Reading;
  /** The chosen encoding of its text; absent: UTF-8, or what its first bytes indicate. */
  encoding?: EncodingId;
  /** Companion files, which are not imported by themselves. */
  companions?: CompanionFiles;
  /** Whether the file is prose that only begins like markup. */
  isProse?: boolean;
}

/** Companion files of a file, by their paths from the common folder. */
export interface CompanionFiles {
  /** Name of the folder or archive with all files; absent: the file's name, because the others are attachments. */
  name?: string;
  paths: ReadonlySet<string>;
  /** Opens a file, any number of times and in any order. Throws `bad-file` if it can't be read. */
  open(path: string): AsyncIterable<Uint8Array>;
}

/** Options for reading files; absent: off. */
export interface Reading {
  /** Import all text of a web page, including menus and footers, rather than its main content. */
  wholePages?: boolean;
  /** Keep quotations and the signature of a mail message. */
  wholeMessages?: boolean;
  /** Encoding of text that is not UTF-8. */
  encoding?: EncodingId;
  /** Skip unreadable rows; absent: a file with one is refused. */
  skipBadRows?: boolean;
}

interface Format {
  label: string;
  /** Endings of file names, in lower case and without the dot. */
  endings: readonly string[];
}

/** A text format: a file in this folder and a line in index.ts. */
export interface TextFormat extends Format {
  /**
   * Yields the text in pieces of any size, never cut inside a code point. Notes any change to it.
   * @throws HomegrownError `bad-file` naming the file, the place, the reason and a remedy
   */
  read(file: OpenFile): AsyncIterable<TextPiece>;
  /** Prefetches the reader. */
  fetch(): Promise<unknown>;
  /** Facts that a file's name states. */
  fields?(name: string): Readonly<Record<string, string>>;
}

/** A piece of text. */
export interface TextPiece {
  text: string;
  /** The same text in UTF-8, if the file is in UTF-8. */
  utf8?: Uint8Array;
}

/** A table format: a file in this folder and a line in index.ts. */
export interface TableFormat extends Format {
  /** Whether it isn't text, so that it can be imported only as a table. */
  isBinary?: true;
  /**
   * Yields its rows in order, and bad rows for those that can't be read.
   * @throws HomegrownError `bad-file` naming the file, the line and a remedy if no further row can be read
   */
  rows(file: OpenFile): AsyncIterable<Row | BadRow>;
  /** Prefetches the reader. */
  fetch(): Promise<unknown>;
}

/** Loads the reader of a text format on demand. */
export const loadedText = (fetch: () => Promise<Pick<TextFormat, 'read'>>): Pick<TextFormat, 'read' | 'fetch'> => ({
  fetch,
  read: async function* (file) {
    yield* (await fetch()).read(file);
  },
});

/** Loads the reader of a table format on demand. */
export const loadedTable = (fetch: () => Promise<Pick<TableFormat, 'rows'>>): Pick<TableFormat, 'rows' | 'fetch'> => ({
  fetch,
  rows: async function* (file) {
    yield* (await fetch()).rows(file);
  },
});

/** A format from which documents are extracted: a file and a line, as for text, loaded on demand. */
export interface DocumentFormat extends Format {
  /** Endings shared with other formats; the start of the file decides (`Sniffer`). */
  alsoCalled?: readonly string[];
  open(): Promise<DocumentReader>;
}

/** Detects a format whose file name is shared with other formats. */
export interface Sniffer {
  /**
   * @param head first characters of the file, up to about 4,000
   * @param name with its folders
   */
  begins(head: string, name: string): boolean;
  /**
   * Companion files, as in an export archive: the file's own name, its folder from the common folder (in lower case;
   * absent: none), the paths of the others from the common folder, and whether they are only attachments.
   */
  companions?: { name: RegExp; within?: string; others: RegExp; areAttached?: true };
  /** Whether the format needs companion files. */
  isNeverAlone?: true;
}

export interface DocumentReader {
  /**
   * Yields its documents in order, well-formed, and without empty ones.
   * @throws HomegrownError `bad-file` naming the file, the place, the reason and a remedy
   */
  documents(file: OpenFile): AsyncIterable<FoundDocument>;
}

export interface FoundDocument {
  /** Title; absent: the file's name. */
  title?: string;
  text: string;
  /** Facts about it, such as `source` (an address), `date`, `language`. */
  fields?: Readonly<Record<string, string>>;
}

/** An archive format, as for documents. Its files are read as if dropped themselves. */
export interface ArchiveFormat extends Format {
  unpack(): Promise<ArchiveReader>;
}

/** Streamed archives give files one by one; listed ones give all at once, which shows companion files. */
export type ArchiveReader = StreamedArchive | ListedArchive;

export interface StreamedArchive {
  /**
   * Yields its files in order. A file must be read before the next one is requested.
   * @throws HomegrownError `bad-file` if the archive itself can't be read, or no further
   */
  entries(file: OpenFile): AsyncIterable<ArchiveEntry>;
}

export interface ArchiveEntry {
  /** Path in the archive, with folders. */
  path: string;
  /** Throws `bad-file` if only this file can't be read. */
  bytes: AsyncIterable<Uint8Array>;
}

export interface ListedArchive {
  /** Lists the files in order; each can be read any number of times. @throws HomegrownError `bad-file` */
  list(file: OpenFile): Promise<readonly ListedEntry[]>;
}

export interface ListedEntry {
  path: string;
  /** Throws `bad-file` if only this file can't be read. */
  bytes(): AsyncIterable<Uint8Array>;
}

export interface Row {
  /** Line in the file, from 1, where the row begins; without lines, the number of the row. */
  line: number;
  /** Row number in a spreadsheet, whose first row has the names; absent if the format has no such row. */
  row?: number;
  /** Cells by column name, in order; empty cells may be missing. */
  cells: ReadonlyMap<string, string>;
  /** The row as a JSON object, for formats with lists in cells. */
  value?: object;
}

/** Maximum code units of a row; a longer one has an unclosed quote or unrecognized line ends. */
export const MAX_ROW_LENGTH = 2 ** 20;
