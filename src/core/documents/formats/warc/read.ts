/** A web crawl (WARC), or text extracted from one (WET): one document per page. */
import { badFile, isBadFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { once } from '../../../files/byteSource';
import { answerOf, contentOf } from './http';
import { Warc, type WarcRecord } from './record';
import { languageCode } from '../../languageCode';
import { MAX_PAGE_BYTES, MAX_RECORD_BYTES } from '../../limits';
import { textOf } from '../../readAll';
import type { DocumentReader, FoundDocument, OpenFile } from '../format';
import { pageIn } from '../html';

export const documents: DocumentReader['documents'] = async function* (file) {
  const left = new Map<Left, number>();
  const notes = new Map<string, number>();
  const note = (sentence: string): void => void notes.set(sentence, (notes.get(sentence) ?? 0) + 1);
  let [records, taken, cut] = [0, 0, 0];
  const warc = new Warc(file.bytes, file.name);
  for await (const record of warc.records()) {
    records++;
    const found = await documentOf(record, { ...file, note });
    if (found === null) continue; // the file ends inside the record
    if (typeof found === 'string') left.set(found, (left.get(found) ?? 0) + 1);
    else {
      taken++;
      if (isCut(record)) cut++;
      yield found;
    }
  }
  const words = (Object.keys(LEFT) as Left[]).flatMap((kind) => {
    const count = left.get(kind);
    return count === undefined ? [] : [counted(count, LEFT[kind][0], LEFT[kind][1])];
  });
  if (taken === 0 && records > 0)
    throw badFile(
      `${file.name} has no page with text${words.length > 0 ? `, only ${listed(words)}` : ''}.`,
      'Crawl HTML or plain text pages, such as with wget --recursive --warc-file=NAME ADDRESS.',
    );
  if (words.length > 0) file.note(`Skipped ${listed(words)}`);
  if (cut > 0) file.note(`The crawler cut ${counted(cut, 'page')} short`);
  if (warc.isCutOff) file.note('Cut off at its end; everything complete before that is used');
  for (const [sentence, count] of notes) file.note(`${counted(count, 'page')}: ${sentence}`);
};

/** Reasons why a record gives no document, with the names of such records. */
const LEFT = {
  about: ['crawl metadata record', 'crawl metadata records'],
  status: ['error or redirect', 'errors and redirects'],
  revisit: ['unchanged page', 'unchanged pages'],
  kind: ['file that isn’t a page', 'files that aren’t pages'],
  packed: ['page with unsupported compression', 'pages with unsupported compression'],
  large: ['oversized page', 'oversized pages'],
  unread: ['unreadable page', 'unreadable pages'],
  empty: ['page without text', 'pages without text'],
} as const satisfies Record<string, readonly [string, string]>;
type Left = keyof typeof LEFT;
const listed = (words: readonly string[]): string => new Intl.ListFormat('en-GB').format(words);

const isCut = ({ headers }: WarcRecord): boolean => headers.has('warc-truncated') || headers.has('warc-segment-number');

/** Converts a record to a document, or says why not; null if the file is cut off inside the record. */
async function documentOf(record: WarcRecord, file: OpenFile): Promise<FoundDocument | Left | null> {
  const { headers, length } = record;
  const type = headers.get('warc-type');
  // wget writes addresses in angle brackets, as in a draft of the standard.
  const source = (headers.get('warc-target-uri') ?? '').replace(/^<(.*)>$/s, '$1');
  if (type === 'revisit') return 'revisit';
  if (type !== 'response' && type !== 'resource' && type !== 'conversion') return 'about';
  // Metadata of the crawler, and instructions for crawlers.
  if (/^metadata:/i.test(source) || /^https?:\/\/[^/]*\/robots\.txt$/i.test(source)) return 'about';
  if (length > MAX_RECORD_BYTES) return 'large';
  const bytes = await record.content();
  if (!bytes) return null;
  const answer = type === 'response' ? answerOf(bytes) : { status: 200, headers, body: bytes };
  if (!answer) return 'kind';
  if (answer.status !== 200) return 'status';
  const { mime, charset } = contentType(
    answer.headers.get('content-type') ?? headers.get('warc-identified-payload-type'),
  );
  const kind = KINDS.get(mime);
  if (!kind) return 'kind';
  const name = `${source}${kind === 'xhtml' ? '.xhtml' : ''}`;
  try {
    const body = await contentOf(answer, name, kind === 'pdf' ? MAX_RECORD_BYTES : MAX_PAGE_BYTES);
    if (!body) return 'packed';
    const found = await readBody(kind, body, { ...file, name, bytes: once(body) }, charset);
    if (!found || !/\S/.test(found.text)) return 'empty';
    const date = headers.get('warc-date');
    const [language] = (headers.get('warc-identified-content-language') ?? '').split(',');
    const fields = { source, date, language: languageCode(language!) };
    const known = Object.entries(fields).flatMap(([name, value]) =>
      value ? [[name, value.toWellFormed()] as const] : [],
    );
    return { title: source, ...found, fields: { ...found.fields, ...Object.fromEntries(known) } };
  } catch (error) {
    if (isBadFile(error)) return 'unread';
    throw error;
  }
}

type Kind = 'html' | 'xhtml' | 'plain' | 'pdf';
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['text/html', 'html'],
  ['application/xhtml+xml', 'xhtml'],
  ['text/plain', 'plain'],
  ['text/markdown', 'plain'],
  ['application/pdf', 'pdf'],
]);

async function readBody(
  kind: Kind,
  body: Uint8Array,
  file: OpenFile,
  charset: string | undefined,
): Promise<FoundDocument | undefined> {
  if (kind === 'pdf') {
    const { documents } = await import('../pdf/read');
    for await (const found of documents(file)) return found;
    return undefined;
  }
  const read = async (label: string | undefined): Promise<FoundDocument> =>
    kind === 'plain' ? { text: (await textOf(file, body, label)).toWellFormed() } : pageIn(file, body, label);
  // The server's encoding takes precedence, as in browsers; if it is wrong, the page's own is used.
  return charset === undefined ? read(charset) : read(charset).catch(() => read(undefined));
}

/** Parses a content type such as `text/html; charset="utf-8"`. */
function contentType(value = ''): { mime: string; charset: string | undefined } {
  const mime = value.split(';', 1)[0]!.trim().toLowerCase();
  return { mime, charset: /;\s*charset\s*=\s*(?:["']\s*)?([^\s"';]+)/i.exec(value)?.[1]?.toLowerCase() };
}
