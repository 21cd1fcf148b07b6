import { code } from './code';
import {
  type ArchiveFormat,
  type DocumentFormat,
  loadedTable,
  loadedText,
  type TableFormat,
  type TextFormat,
} from './format';

/**
 * All formats that text is read from. A new one needs a file, or a folder with `read.ts`, and a line here. Readers are
 * loaded when first needed.
 */
export const FORMATS = {
  txt: { label: 'Plain text', endings: ['txt', 'text'], ...loadedText(() => import('./txt')) },
  md: { label: 'Markdown', endings: ['md', 'markdown'], ...loadedText(() => import('./md')) },
  csv: { label: 'CSV table', endings: ['csv'], ...loadedTable(() => import('./csv')) },
  tsv: { label: 'TSV table', endings: ['tsv', 'tab'], ...loadedTable(() => import('./tsv')) },
  jsonl: { label: 'JSON Lines', endings: ['jsonl', 'ndjson'], ...loadedTable(() => import('./jsonl')) },
  json: { label: 'JSON', endings: ['json', 'geojson'], ...loadedTable(() => import('./json')) },
  xlsx: {
    label: 'Excel workbook',
    endings: ['xlsx', 'xlsm'],
    isBinary: true,
    ...loadedTable(() => import('./xlsx/read')),
  },
  parquet: {
    label: 'Parquet table',
    endings: ['parquet'],
    isBinary: true,
    ...loadedTable(() => import('./parquet/read')),
  },
  html: { label: 'Web page', endings: ['html', 'htm', 'xhtml', 'shtml'], open: () => import('./html') },
  mhtml: { label: 'Web archive', endings: ['mhtml', 'mht'], open: () => import('./mail/mhtml') },
  srt: { label: 'Subtitles', endings: ['srt'], open: () => import('./subtitles/srt') },
  vtt: { label: 'Web subtitles', endings: ['vtt'], open: () => import('./subtitles/vtt') },
  ipynb: { label: 'Notebook', endings: ['ipynb'], open: () => import('./ipynb') },
  docx: { label: 'Word document', endings: ['docx'], open: () => import('./office/docx') },
  pptx: { label: 'PowerPoint presentation', endings: ['pptx', 'pptm', 'ppsx'], open: () => import('./office/pptx') },
  odt: { label: 'OpenDocument text', endings: ['odt'], open: () => import('./office/odt') },
  epub: { label: 'EPUB book', endings: ['epub'], open: () => import('./epub/read') },
  pdf: { label: 'PDF', endings: ['pdf'], open: () => import('./pdf/read') },
  eml: { label: 'Email', endings: ['eml'], open: () => import('./mail/eml') },
  mbox: { label: 'Mailbox', endings: ['mbox'], open: () => import('./mail/mbox') },
  mediawiki: { label: 'Wiki dump', endings: [], alsoCalled: ['xml'], open: () => import('./mediawiki/read') },
  warc: { label: 'Web crawl', endings: ['warc', 'wet'], open: () => import('./warc/read') },
  whatsapp: { label: 'WhatsApp chat', endings: [], alsoCalled: ['txt'], open: () => import('./chats/whatsapp') },
  telegram: { label: 'Telegram chats', endings: [], alsoCalled: ['json'], open: () => import('./chats/telegram') },
  slack: { label: 'Slack export', endings: [], alsoCalled: ['json'], open: () => import('./chats/slack') },
  discord: { label: 'Discord channel', endings: [], alsoCalled: ['json'], open: () => import('./chats/discord') },
  discordPackage: {
    label: 'Discord data package',
    endings: [],
    alsoCalled: ['json'],
    open: () => import('./chats/discordPackage'),
  },
  twitter: { label: 'X archive', endings: [], alsoCalled: ['js'], open: () => import('./chats/twitter') },
  mastodon: { label: 'Mastodon archive', endings: [], alsoCalled: ['json'], open: () => import('./chats/mastodon') },
  reddit: { label: 'Reddit archive', endings: [], alsoCalled: ['csv'], open: () => import('./chats/reddit') },
  code,
  zip: { label: 'ZIP archive', endings: ['zip'], unpack: () => import('./zip') },
  tar: { label: 'tar archive', endings: ['tar'], unpack: () => import('./tar') },
  bz2: { label: 'bzip2 file', endings: ['bz2', 'tbz2', 'tbz'], unpack: () => import('./bz2') },
  gz: { label: 'gzip file', endings: ['gz', 'tgz'], unpack: () => import('./gz') },
} as const satisfies Record<string, TextFormat | TableFormat | DocumentFormat | ArchiveFormat>;
export type FormatId = keyof typeof FORMATS;

type IdOf<F> = { [Id in FormatId]: (typeof FORMATS)[Id] extends F ? Id : never }[FormatId];
/** Formats imported as written. */
export type TextFormatId = IdOf<TextFormat>;
/** Formats with columns to choose. */
export type TableFormatId = IdOf<TableFormat>;
/** Formats from which documents are extracted. */
export type DocumentFormatId = IdOf<DocumentFormat>;
/** Formats that contain other files. */
export type ArchiveFormatId = IdOf<ArchiveFormat>;

const ids = Object.keys(FORMATS) as FormatId[];
const isText = (id: FormatId): id is TextFormatId => 'read' in FORMATS[id];
export const isTable = (id: string): id is TableFormatId =>
  Object.hasOwn(FORMATS, id) && 'rows' in FORMATS[id as FormatId];
export const isOfDocuments = (id: string): id is DocumentFormatId =>
  Object.hasOwn(FORMATS, id) && 'open' in FORMATS[id as FormatId];
const FORMATS_BY_SHARED_ENDING = new Map<string, DocumentFormatId[]>();
for (const id of ids.filter((formatId) => isOfDocuments(formatId))) {
  const { alsoCalled = [] }: DocumentFormat = FORMATS[id];
  for (const ending of alsoCalled)
    FORMATS_BY_SHARED_ENDING.set(ending, [...(FORMATS_BY_SHARED_ENDING.get(ending) ?? []), id]);
}
const isArchive = (id: FormatId): id is ArchiveFormatId => 'unpack' in FORMATS[id];

/** Archive format of a file name, if any. */
export const archiveCalled = (name: string): ArchiveFormatId | undefined =>
  ids.filter((id) => isArchive(id)).find((id) => hasEnding(name, id));

/**
 * Whether documents are extracted from a file of this name, or from files in it, and nothing of it is imported as
 * written.
 */
export const isTakenApart = (name: string): boolean =>
  archiveCalled(name) !== undefined || isOfDocuments(formatOf(name)) || binaryTableCalled(name) !== undefined;

/** The binary table format of a file name; such a file can be imported only as a table. */
export function binaryTableCalled(name: string): TableFormatId | undefined {
  const id = tableCalled(name);
  return id && 'isBinary' in FORMATS[id] ? id : undefined;
}

/**
 * Format of a file by its name, except for archives, and for tables, whose columns the user chooses. Any other file is
 * tried as plain text, whose reader refuses binary content.
 */
export const formatOf = (name: string): TextFormatId | DocumentFormatId =>
  ids.filter((id) => isText(id) || isOfDocuments(id)).find((id) => hasEnding(name, id)) ?? 'txt';

/** Formats that share this file name; the start of the file decides (../sniffFormat.ts). */
export const mayBe = (name: string): readonly DocumentFormatId[] => FORMATS_BY_SHARED_ENDING.get(endingOf(name)) ?? [];

/** Table format of a file name, if any. */
export const tableCalled = (name: string): TableFormatId | undefined =>
  ids.filter((id) => isTable(id)).find((id) => hasEnding(name, id));

/** The table format of a file; CSV, whose delimiter is detected, for unknown names. */
export const tableFormatOf = (name: string): TableFormatId => tableCalled(name) ?? 'csv';

const endingOf = (name: string): string =>
  /\.([^./\\]+)$/
    .exec(name)?.[1]
    ?.toLowerCase()
    // Parts of a Wikipedia dump end in page numbers, such as .xml-p1p41242.
    .replace(/-p\d+p\d+$/, '') ?? '';
const hasEnding = (name: string, id: FormatId): boolean =>
  (FORMATS[id].endings as readonly string[]).includes(endingOf(name));
