/** A web page: its main content, or all its text. Runs no scripts. */
import { languageCode } from '../languageCode';
import { MAX_PAGE_BYTES, MAX_MAIN_TEXT } from '../limits';
import { oneLine, type PageText, pageText } from '../markupText';
import { textOf, readAllBytes } from '../readAll';
import type { DocumentReader, FoundDocument, OpenFile } from './format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const page = await pageIn(file, await readAllBytes(file, MAX_PAGE_BYTES));
  if (page.text !== '') yield page;
};

/** @param charset declared encoding @throws HomegrownError `bad-encoding` if the page isn't in it */
export const pageIn = async (
  file: OpenFile,
  bytes: Uint8Array,
  charset = declaredCharset(bytes),
): Promise<FoundDocument> => pageOf(file, expandSelfClosing(file.name, await textOf(file, bytes, charset)));

/**
 * Expands self-closing XHTML tags such as `<script src="a.js"/>`, after which HTML would read the rest as a script.
 * https://www.w3.org/TR/xhtml1/#C_3
 */
export function expandSelfClosing(name: string, html: string): string {
  if (!/\.xhtml$/i.test(name) && !/^\ufeff?\s*<\?xml\s/.test(html)) return html;
  return html.replace(/<([a-z][\w:.-]*)((?:\s[^<>]*?)?)\/>/gi, (tag, element: string, attributes: string) =>
    VOID.has(element.toLowerCase()) ? tag : `<${element}${attributes}></${element}>`,
  );
}
const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));

/** Converts a page to a document. */
export async function pageOf(file: OpenFile, html: string): Promise<FoundDocument> {
  const page = pageText(html);
  const main = file.reading?.wholePages ? null : await mainText(file, html, page);
  const source = page.address || page.meta.get('og:url') || savedFrom(html);
  const date = page.meta.get('article:published_time') ?? page.meta.get('date') ?? page.meta.get('dcterms.date');
  const metadata = Object.entries({ source, date, language: languageCode(page.language) });
  const title = oneLine(page.title || (page.meta.get('og:title') ?? '')).slice(0, MAX_TITLE_LENGTH);
  return {
    ...(title !== '' && { title: title.toWellFormed() }),
    text: (main ?? page.text).toWellFormed(),
    fields: Object.fromEntries(
      metadata.flatMap(([name, value]) => (value ? [[name, oneLine(value).toWellFormed()]] : [])),
    ),
  };
}
const MAX_TITLE_LENGTH = 400;

/** Text without menus, sidebars and footers; null if none is found, or the page is too large to search. */
async function mainText({ note }: OpenFile, html: string, page: PageText): Promise<string | null> {
  if (isTooLarge(page)) {
    note('Page too large to find its main text, so all of its text is used');
    return null;
  }
  const { parseHTML, Readability } = await readability();
  // linkedom adds no missing body, but readability needs one.
  const withoutSkeleton = html.replace(/<!doctype[^<>]*>|<\/?(?:html|head|body)(?:\s[^<>]*)?>/gi, '');
  let content;
  try {
    const { document } = parseHTML(`<!doctype html><html><head></head><body>${withoutSkeleton}</body></html>`);
    content = new Readability(document).parse()?.content;
  } catch {
    // Malformed page, such as one that is cut off.
    note('Main text not found, so all of its text is used');
  }
  const text = content ? pageText(content).text : '';
  return text === '' ? null : text;
}

/** The search reads all text of each element, compares each attribute with all, and copies a text many times. */
const isTooLarge = ({ text, elements, depth, attributes, maxAttributes, pieces, maxTextNode }: PageText): boolean =>
  elements > MAX_MAIN_TEXT.elements ||
  depth > MAX_MAIN_TEXT.depth ||
  attributes > MAX_MAIN_TEXT.attributes ||
  maxAttributes > MAX_MAIN_TEXT.attributesOfOne ||
  pieces > MAX_MAIN_TEXT.pieces ||
  maxTextNode > MAX_MAIN_TEXT.textNode ||
  text.length > MAX_MAIN_TEXT.text ||
  text.length * depth > MAX_MAIN_TEXT.nestedText;

async function readability() {
  const [{ parseHTML }, { Readability }] = await Promise.all([
    import('linkedom/worker'),
    import('@mozilla/readability'),
  ]);
  return { parseHTML, Readability };
}

/**
 * Address that browsers write into a saved page:
 * https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/compatibility/ms537628
 */
const savedFrom = (html: string): string => /<!-- saved from url=\(\d+\)(\S+)/.exec(html.slice(0, 1024))?.[1] ?? '';

/**
 * Encoding that the page declares:
 * https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding
 */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  const [, label] =
    /<meta[^>]+charset\s*=\s*(?:["']\s*)?([^\s"'/>;]+)/i.exec(head) ??
    /<\?xml[^>]+encoding\s*=\s*["']([^"']+)/i.exec(head) ??
    [];
  return label?.toLowerCase();
}
