import type { BadRow } from '../../base/badRow';
import type { ByteSource } from '../../files/byteSource';
import type { EncodingId } from '../encodings';

/** A file while it is read. */
export interface OpenFile {
  name: string;
  /** Its bytes, once, from the start. */
  bytes: AsyncIterable<Uint8Array>;
  /** The same, where they can be read in places: then an archive need not be in memory. */
  places?: ByteSource;
  /** Tells the person something about how it was read. */
  note: (sentence: string) => void;
  /** What a person may choose of how files are read. */
  reading?: Reading;
  /** Of its text, where a person has chosen one; absent: UTF-8, or what its first bytes say. */
  encoding?: EncodingId;
  /** Of one that others belong to: those, which are not read by themselves. */
  beside?: Beside;
  /** Its markup is none. */
  isProse?: boolean;
}

/** Files that belong to one, by their paths from the folder that all of them lie in. */
export interface Beside {
  /** Name of the whole, the folder or archive; absent: the file's name, and only attachments are next to it. */
  name?: string;
  paths: ReadonlySet<string>;
  /** Any number of times, in any order. Throws `bad-file` where one cannot be read. */
  open(path: string): AsyncIterable<Uint8Array>;
}

/** How files are read where that can be asked; absent: not so. */
export interface Reading {
  /** Of a web page all text, menus and footers too, rather than what it is about. */
  wholePages?: boolean;
  /** Of a message of mail also what it quotes of others, and its signature. */
  wholeMessages?: boolean;
  /** Of text that is not UTF-8. */
  encoding?: EncodingId;
  /** Rows that can't be read are left out; absent: one refuses its file. */
  skipBadRows?: boolean;
}

interface Format {
  label: string;
  /** Endings of file names, in lower case and without the dot. */
  endings: readonly string[];
}

/** One kind of file that text can be taken from: a file in this folder and a line in index.ts. */
export interface TextFormat extends Format {
  /**
   * The text, in pieces of any size, never cut inside a code point. Nothing is changed without a note.
   * @throws HomegrownError `bad-file` naming the file, the place, the reason and a way out
   */
  read(file: OpenFile): AsyncIterable<TextPiece>;
  /** Fetches what it is read with, before there is such a file. */
  fetch(): Promise<unknown>;
  /** What is known of a file by its name. */
  fields?(name: string): Readonly<Record<string, string>>;
}

/** Of a text. */
export interface TextPiece {
  text: string;
  /** The same in UTF-8, where it came so. */
  utf8?: Uint8Array;
}

/** One kind of file that is a table of texts: as those of text, a file and a line. */
export interface TableFormat extends Format {
  /** Whether it isn't text, so that it can be imported only as a table. */
  isBinary?: true;
  /**
   * Its rows in their order, one at a time, and what stands in the place of one that can't be read.
   * @throws HomegrownError `bad-file` naming the file, the line and a way out where no row after that can be read
   */
  rows(file: OpenFile): AsyncIterable<Row | BadRow>;
  /** As of text. */
  fetch(): Promise<unknown>;
}

/** Text by a file that is loaded when it is first needed. */
export const loadedText = (fetch: () => Promise<Pick<TextFormat, 'read'>>): Pick<TextFormat, 'read' | 'fetch'> => ({
  fetch,
  read: async function* (file) {
    yield* (await fetch()).read(file);
  },
});

/** Rows by a file that is loaded when it is first needed. */
export const loaded = (fetch: () => Promise<Pick<TableFormat, 'rows'>>): Pick<TableFormat, 'rows' | 'fetch'> => ({
  fetch,
  rows: async function* (file) {
    yield* (await fetch()).rows(file);
  },
});

/** One kind of file that documents are taken out of: as those of text, a file and a line, which loads the file when it is first needed. */
export interface DocumentFormat extends Format {
  /** Endings that files of other formats have as well: how it begins tells (`Known`). */
  alsoCalled?: readonly string[];
  open(): Promise<DocumentReader>;
}

/** How a file is known that is called as others are: never by its name alone. */
export interface Known {
  /** @param head its first characters, about 4,000 or all there are @param name with the folders that it lies in */
  begins(head: string, name: string): boolean;
  /**
   * Of one that others belong to, as in an archive that a service gives: its own name, in which folder of all it lies (in
   * lower case; absent: in none), the paths of the others, from the folder of all, and whether they are only attached to it.
   */
  beside?: { name: RegExp; within?: string; others: RegExp; areAttached?: true };
  /** Whether it is one without them; absent: it is. */
  isNeverAlone?: true;
}

export interface DocumentReader {
  /**
   * Its documents in their order, well-formed and without those that have no text.
   * @throws HomegrownError `bad-file` naming the file, the place, the reason and a way out
   */
  documents(file: OpenFile): AsyncIterable<FoundDocument>;
}

export interface FoundDocument {
  /** Absent: the file's name. */
  title?: string;
  text: string;
  /** What is known of it, such as `source` (an address), `date`, `language`. */
  fields?: Readonly<Record<string, string>>;
}

/** One kind of file that other files lie in: as those of documents. What lies in it is read as if it were given itself. */
export interface ArchiveFormat extends Format {
  unpack(): Promise<ArchiveReader>;
}

/** One after another, or where there are places all at once: then those that belong together are known. */
export type ArchiveReader = StreamedArchive | ListedArchive;

export interface StreamedArchive {
  /**
   * The files in it, in their order. What is wanted of one is read before the next is asked for.
   * @throws HomegrownError `bad-file` where the archive itself cannot be read, or not further
   */
  entries(file: OpenFile): AsyncIterable<ArchiveEntry>;
}

export interface ArchiveEntry {
  /** In the archive, with folders. */
  path: string;
  /** Throws `bad-file` where this file cannot be read, and others can. */
  bytes: AsyncIterable<Uint8Array>;
}

export interface ListedArchive {
  /** The files in it, in their order; each can be read any number of times. @throws HomegrownError `bad-file` */
  list(file: OpenFile): Promise<readonly ListedEntry[]>;
}

export interface ListedEntry {
  path: string;
  /** Throws `bad-file` where this file cannot be read, and others can. */
  bytes(): AsyncIterable<Uint8Array>;
}

export interface Row {
  /** Of the file, from 1: where it begins; where a file has no lines, which row it is. */
  line: number;
  /** Row number in a spreadsheet, whose first row has the names; absent if the format has no such row. */
  row?: number;
  /** Cells by column name, in order; empty cells may be missing. */
  cells: ReadonlyMap<string, string>;
  /** The row itself, as JSON has it, of a format that has lists in its cells. */
  value?: object;
}

/** Code units of a row: beyond it a quote was not closed, or lines are not told apart. */
export const MAX_ROW_LENGTH = 2 ** 20;
