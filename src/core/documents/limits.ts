/** Limits on archives, and on files and parts of files that must be in memory as a whole. */
const MiB = 2 ** 20;

/**
 * Limits of an archive with its nested ones: number of files, and unpacked bytes. `MAX_COMPRESSION_RATIO` of
 * base/limits bounds the growth beyond a megabyte.
 */
export const MAX_ENTRIES = 200_000;
export const MAX_UNPACKED_BYTES = 16_384 * MiB;
/** Maximum nesting of archives: one in another. A single packed file, such as a .tar.gz, doesn't count. */
export const MAX_NESTED_ARCHIVES = 2;

/** Bytes of a web page. */
export const MAX_PAGE_BYTES = 32 * MiB;
/**
 * Limits of a page whose main text is searched for. All text of a larger page is used, because the search would take
 * minutes. `nestedText` is code units of text times the depth of elements.
 */
export const MAX_MAIN_TEXT = {
  elements: 20_000,
  pieces: 100_000,
  textNode: MiB,
  text: 16 * MiB,
  depth: 64,
  attributes: 200_000,
  attributesOfOne: 1000,
  nestedText: 64 * MiB,
} as const;
/** Bytes of a file in memory (Office, EPUB, PDF), and of all its unpacked parts; bytes of a part; number of parts. */
export const MAX_PACKED_BYTES = 256 * MiB;
export const MAX_PART_BYTES = 64 * MiB;
export const MAX_PACKED_PARTS = 65_535;
/** Bytes of parts that any file may unpack to; beyond them, `MAX_COMPRESSION_RATIO` times the file is the maximum. */
export const PARTS_OF_ANY = 16 * MiB;
/** Maximum nesting of XML elements, as in libxml2 with XML_PARSE_HUGE. */
export const DEEPEST_XML = 2048;
/** Characters of a workbook's shared strings, which stay in memory while its sheets are read row by row. */
export const MAX_SHARED_STRINGS = 256 * MiB;
/** Columns of a sheet, Excel's own maximum, and of a Parquet table. */
export const MAX_TABLE_COLUMNS = 16_384;
/** Bytes of a JSON file or a notebook. */
export const MAX_JSON_FILE_BYTES = 256 * MiB;
/**
 * Maximum JSON in memory: values, names of one object, nesting depth, and bytes. JSON_COSTS estimates the bytes per
 * code unit, value and first use of a name while parsing. Code units cost double if one is beyond Latin-1.
 */
export const MAX_JSON = { values: 8_000_000, names: 1_000_000, depth: 10_000, memory: 400 * MiB } as const;
export const JSON_COSTS = { unit: 3, value: 40, name: 130 } as const;
/** Maximum nesting of objects in a cell, and of columns made from one. */
export const DEEPEST_CELL = 8;
export const MAX_NESTED_COLUMNS = 64;
/** Bytes of subtitles. */
export const MAX_TEXT_FILE_BYTES = 64 * MiB;
/** Bytes of one record of a crawl. */
export const MAX_RECORD_BYTES = 64 * MiB;
/** Code units of a wiki article; a wiki's own limit is usually 2 MiB. */
export const MAX_ARTICLE_LENGTH = 16 * MiB;
/** Parquet: rows of a table, rows of a row group (held in memory), its unpacked bytes, and bytes of the footer. */
export const MAX_TABLE_ROWS = 100_000_000;
export const MAX_ROWS_PER_GROUP = 4_000_000;
export const MAX_ROW_GROUP_BYTES = 512 * MiB;
export const MAX_FOOTER_BYTES = 64 * MiB;
/** Pages of a PDF. */
export const MAX_PAGES = 20_000;
/** Bytes of an email with its attachments; limits of its text; characters of all texts in a mailbox. */
export const MAX_MESSAGE_BYTES = 64 * MiB;
export const MAX_MESSAGE_TEXT = { characters: 32 * MiB, lines: 2_000_000 } as const;
export const MAX_MAILBOX_LENGTH = 256 * MiB;
/** Characters of a chat in memory, and of a conversation; one without pauses is split between two messages. */
export const MAX_CHAT_LENGTH = 256 * MiB;
export const MAX_CONVERSATION_LENGTH = MiB;
/**
 * Code units of a line of JSON Lines, which may hold a book, because grow reads what prepare writes. `MAX_JSON.memory`
 * allows half as many if one is beyond Latin-1.
 */
export const MAX_LINE_LENGTH = 128 * MiB;
