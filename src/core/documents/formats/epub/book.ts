/** Reads an EPUB package: the book's metadata, and its chapters in reading order. */
import { MarkupParser } from '../../markupParser';
import { oneLine } from '../../markupText';
import { languageCode } from '../../languageCode';
import { eachElement, localName, type Parts, pathFrom } from '../../parts';
import type { FoundDocument } from '../format';

export interface Book {
  about: Pick<FoundDocument, 'title' | 'fields'>;
  /** Paths of chapters in reading order. */
  chapters: readonly string[];
  /** Paths of encrypted parts, except for fonts, which are only obfuscated. */
  encrypted: ReadonlySet<string>;
}

/** @throws HomegrownError `bad-file` if the package is missing */
export async function bookOf(parts: Parts): Promise<Book> {
  let path = '';
  eachElement((await parts.text(CONTAINER)) ?? '', (name, attributes) => {
    if (name === 'rootfile') path ||= pathFrom('', attributes['full-path'] ?? '');
  });
  const xml = path === '' ? null : await parts.text(path);
  if (xml === null) throw parts.missingPart(path || CONTAINER);
  const { items, order, left } = packageIn(xml, path);
  for (const each of [...items.values()].filter(({ isContents }) => isContents)) {
    left.add(each.path);
    for (const cover of landmarks((await parts.text(each.path)) ?? '', each.path)) left.add(cover);
  }
  const chapters = order.flatMap((id) => {
    const item = items.get(id);
    return item && PAGE.test(item.type) && !left.has(item.path) ? [item.path] : [];
  });
  return { about: aboutBook(xml), chapters: [...new Set(chapters)], encrypted: await encryptedIn(parts) };
}
const CONTAINER = 'META-INF/container.xml';
const PAGE = /x?html|dtbook/;

interface Item {
  path: string;
  type: string;
  /** Whether the item is the table of contents. */
  isContents: boolean;
}

function packageIn(xml: string, path: string): { items: Map<string, Item>; order: string[]; left: Set<string> } {
  const items = new Map<string, Item>();
  const order: string[] = [];
  const left = new Set<string>();
  eachElement(xml, (name, { id = '', idref = '', href = '', type = '', properties = '', ...others }) => {
    if (name === 'item')
      items.set(id, {
        path: pathFrom(path, href),
        type: others['media-type'] ?? '',
        isContents: properties.split(/\s+/).includes('nav'),
      });
    if (name === 'itemref') order.push(idref);
    // EPUB 2 marks the cover and contents in its guide.
    if (name === 'reference' && LEFT.test(type)) left.add(pathFrom(path, href));
  });
  return { items, order, left };
}

/** Parts that the table of contents marks as cover or contents. */
function landmarks(xhtml: string, path: string): string[] {
  const found: string[] = [];
  eachElement(xhtml, (name, { href, 'epub:type': type = '' }) => {
    if (name === 'a' && href !== undefined && LEFT.test(type)) found.push(pathFrom(path, href));
  });
  return found;
}
const LEFT = /^(?:cover|toc)$/;

/** Paths listed in META-INF: https://www.w3.org/TR/epub-33/#sec-container-metainf-encryption.xml */
async function encryptedIn(parts: Parts): Promise<Set<string>> {
  const found = new Set<string>();
  let algorithm = '';
  eachElement((await parts.text('META-INF/encryption.xml')) ?? '', (name, { Algorithm = '', URI = '' }) => {
    if (name === 'EncryptedData') algorithm = '';
    if (name === 'EncryptionMethod') algorithm ||= Algorithm;
    if (name === 'CipherReference' && !FONTS.test(algorithm)) found.add(pathFrom('', URI));
  });
  return found;
}
const FONTS = /idpf\.org\/2008\/embedding|ns\.adobe\.com\/pdf\/enc#RC/;

/** First title, language and date, and all authors. */
function aboutBook(xml: string): Book['about'] {
  const metadata: [name: string, text: string][] = [];
  let at: [string, string] | undefined;
  const parser = new MarkupParser(
    {
      onopentagname(tag) {
        const name = localName(tag);
        at = /^dc:/i.test(tag) || tag === name ? [name, ''] : undefined;
        if (at && METADATA.has(name)) metadata.push(at);
      },
      ontext(text) {
        if (at) at[1] += text;
      },
      onclosetag: () => void (at = undefined),
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  const of = (name: string): string[] =>
    metadata.flatMap(([each, text]) =>
      each === name && text.trim() !== '' ? [oneLine(text).slice(0, MAX_LENGTH).toWellFormed()] : [],
    );
  const [[title], creators, language, [date]] = [
    of('title'),
    of('creator'),
    languageCode(of('language')[0] ?? ''),
    of('date'),
  ];
  const author = new Intl.ListFormat('en-GB').format(creators.slice(0, MAX_NAMED));
  return {
    ...(title !== undefined && { title }),
    fields: { ...(author !== '' && { author }), ...(date && { date }), ...(language && { language }) },
  };
}
const METADATA = new Set(['title', 'creator', 'language', 'date']);
const MAX_LENGTH = 400;
const MAX_NAMED = 20;
