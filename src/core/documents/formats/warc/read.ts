/** A web crawl (WARC), or text extracted from one (WET): one document per page. */
import { badFile, isBadFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { once } from '../../../files/byteSource';
import { parseResponse, decodeContent } from './http';
import { Warc, type WarcRecord } from './record';
import { languageCode } from '../../languageCode';
import { MAX_PAGE_BYTES, MAX_RECORD_BYTES } from '../../limits';
import { textOf } from '../../readAll';
import type { DocumentReader, FoundDocument, OpenFile } from '../format';
import { pageIn } from '../html';

export const documents: DocumentReader['documents'] = async function* (file) {
  const skipped = new Map<SkipReason, number>();
  const notes = new Map<string, number>();
  const note = (sentence: string): void => void notes.set(sentence, (notes.get(sentence) ?? 0) + 1);
  let [recordCount, pageCount, truncatedCount] = [0, 0, 0];
  const warc = new Warc(file.bytes, file.name);
  for await (const record of warc.records()) {
    recordCount++;
    const result = await documentOf(record, { ...file, note });
    if (result === null) continue; // the file ends inside the record
    if (typeof result === 'string') skipped.set(result, (skipped.get(result) ?? 0) + 1);
    else {
      pageCount++;
      if (isTruncated(record)) truncatedCount++;
      yield result;
    }
  }
  const phrases = (Object.keys(SKIP_REASONS) as SkipReason[]).flatMap((reason) => {
    const count = skipped.get(reason);
    return count === undefined ? [] : [counted(count, SKIP_REASONS[reason][0], SKIP_REASONS[reason][1])];
  });
  if (pageCount === 0 && recordCount > 0)
    throw badFile(
      `${file.name} has no page with text${phrases.length > 0 ? `, only ${formatList(phrases)}` : ''}.`,
      'Crawl HTML or plain text pages, such as with wget --recursive --warc-file=NAME ADDRESS.',
    );
  if (phrases.length > 0) file.note(`Skipped ${formatList(phrases)}`);
  if (truncatedCount > 0) file.note(`The crawler cut ${counted(truncatedCount, 'page')} short`);
  if (warc.isCutOff) file.note('The file is cut off; all complete pages before that were added');
  for (const [sentence, count] of notes) file.note(`${counted(count, 'page')}: ${sentence}`);
};

/** Reasons why a record gives no document, with the names of such records. */
const SKIP_REASONS = {
  metadata: ['crawl metadata record', 'crawl metadata records'],
  status: ['error or redirect', 'errors and redirects'],
  revisit: ['unchanged page', 'unchanged pages'],
  notAPage: ['file that isn’t a page', 'files that aren’t pages'],
  compression: ['page with unsupported compression', 'pages with unsupported compression'],
  large: ['oversized page', 'oversized pages'],
  unreadable: ['unreadable page', 'unreadable pages'],
  empty: ['page without text', 'pages without text'],
} as const satisfies Record<string, readonly [string, string]>;
type SkipReason = keyof typeof SKIP_REASONS;
const formatList = (words: readonly string[]): string => new Intl.ListFormat('en-GB').format(words);

const isTruncated = ({ headers }: WarcRecord): boolean =>
  headers.has('warc-truncated') || headers.has('warc-segment-number');

/** Converts a record to a document, or says why not; null if the file is cut off inside the record. */
async function documentOf(record: WarcRecord, file: OpenFile): Promise<FoundDocument | SkipReason | null> {
  const { headers, length } = record;
  const type = headers.get('warc-type');
  // wget writes addresses in angle brackets, as in a draft of the standard.
  const source = (headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/s, '$1');
  if (type === 'revisit') return 'revisit';
  if (type !== 'response' && type !== 'resource' && type !== 'conversion') return 'metadata';
  // Metadata of the crawler, and instructions for crawlers.
  if (/^metadata:/i.test(source) || /^https?:\/\/[^/]*\/robots\.txt$/i.test(source)) return 'metadata';
  if (length > MAX_RECORD_BYTES) return 'large';
  const bytes = await record.content();
  if (!bytes) return null;
  const response = type === 'response' ? parseResponse(bytes) : { status: 200, headers, body: bytes };
  if (!response) return 'notAPage';
  if (response.status !== 200) return 'status';
  const { mime, charset } = parseContentType(
    response.headers.get('content-type') ?? headers.get('warc-identified-payload-type'),
  );
  const pageType = PAGE_TYPES.get(mime);
  if (!pageType) return 'notAPage';
  const name = `${source}${pageType === 'xhtml' ? '.xhtml' : ''}`;
  try {
    const body = await decodeContent(response, name, pageType === 'pdf' ? MAX_RECORD_BYTES : MAX_PAGE_BYTES);
    if (!body) return 'compression';
    const document = await readBody(pageType, body, { ...file, name, bytes: once(body) }, charset);
    if (!document || !/\S/.test(document.text)) return 'empty';
    const date = headers.get('warc-date');
    const [language] = (headers.get('warc-identified-content-language') ?? '').split(',');
    const fields = { source, date, language: languageCode(language!) };
    const present = Object.entries(fields).flatMap(([name, value]) =>
      value ? [[name, value.toWellFormed()] as const] : [],
    );
    return { title: source, ...document, fields: { ...document.fields, ...Object.fromEntries(present) } };
  } catch (error) {
    if (isBadFile(error)) return 'unreadable';
    throw error;
  }
}

type PageType = 'html' | 'xhtml' | 'plain' | 'pdf';
const PAGE_TYPES: ReadonlyMap<string, PageType> = new Map([
  ['text/html', 'html'],
  ['application/xhtml+xml', 'xhtml'],
  ['text/plain', 'plain'],
  ['text/markdown', 'plain'],
  ['application/pdf', 'pdf'],
]);

async function readBody(
  pageType: PageType,
  body: Uint8Array,
  file: OpenFile,
  charset: string | undefined,
): Promise<FoundDocument | undefined> {
  if (pageType === 'pdf') {
    const { documents } = await import('../pdf/read');
    for await (const document of documents(file)) return document;
    return undefined;
  }
  const read = async (label: string | undefined): Promise<FoundDocument> =>
    pageType === 'plain' ? { text: (await textOf(file, body, label)).toWellFormed() } : pageIn(file, body, label);
  // The server's encoding takes precedence, as in browsers; if it is wrong, the page's own is used.
  return charset === undefined ? read(charset) : read(charset).catch(() => read(undefined));
}

/** Parses a content type such as `text/html; charset="utf-8"`. */
function parseContentType(value = ''): { mime: string; charset: string | undefined } {
  const mime = value.split(';', 1)[0]!.trim().toLowerCase();
  return { mime, charset: /;\s*charset\s*=\s*(?:["']\s*)?([^\s"';]+)/i.exec(value)?.[1]?.toLowerCase() };
}
