/** Reads an EPUB package: the book's metadata, and its chapters in reading order. */
import { MarkupParser } from '../../markupParser';
import { oneLine } from '../../markupText';
import { languageCode } from '../../languageCode';
import { eachElement, localName, type Parts, pathFrom } from '../../parts';
import type { FoundDocument } from '../format';

export interface Book {
  metadata: Pick<FoundDocument, 'title' | 'fields'>;
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
  const { items, order, excluded } = packageIn(xml, path);
  for (const item of [...items.values()].filter(({ isContents }) => isContents)) {
    excluded.add(item.path);
    for (const cover of landmarkPaths((await parts.text(item.path)) ?? '', item.path)) excluded.add(cover);
  }
  const chapters = order.flatMap((id) => {
    const item = items.get(id);
    return item && PAGE_TYPE.test(item.type) && !excluded.has(item.path) ? [item.path] : [];
  });
  return { metadata: bookMetadata(xml), chapters: [...new Set(chapters)], encrypted: await encryptedIn(parts) };
}
const CONTAINER = 'META-INF/container.xml';
const PAGE_TYPE = /x?html|dtbook/;

interface Item {
  path: string;
  type: string;
  /** Whether the item is the table of contents. */
  isContents: boolean;
}

function packageIn(xml: string, path: string): { items: Map<string, Item>; order: string[]; excluded: Set<string> } {
  const items = new Map<string, Item>();
  const order: string[] = [];
  const excluded = new Set<string>();
  eachElement(xml, (name, { id = '', idref = '', href = '', type = '', properties = '', ...otherAttributes }) => {
    if (name === 'item')
      items.set(id, {
        path: pathFrom(path, href),
        type: otherAttributes['media-type'] ?? '',
        isContents: properties.split(/\s+/).includes('nav'),
      });
    if (name === 'itemref') order.push(idref);
    // EPUB 2 marks the cover and contents in its guide.
    if (name === 'reference' && COVER_OR_CONTENTS.test(type)) excluded.add(pathFrom(path, href));
  });
  return { items, order, excluded };
}

/** Parts that the table of contents marks as cover or contents. */
function landmarkPaths(xhtml: string, path: string): string[] {
  const paths: string[] = [];
  eachElement(xhtml, (name, { href, 'epub:type': type = '' }) => {
    if (name === 'a' && href !== undefined && COVER_OR_CONTENTS.test(type)) paths.push(pathFrom(path, href));
  });
  return paths;
}
const COVER_OR_CONTENTS = /^(?:cover|toc)$/;

/** Paths listed in META-INF: https://www.w3.org/TR/epub-33/#sec-container-metainf-encryption.xml */
async function encryptedIn(parts: Parts): Promise<Set<string>> {
  const paths = new Set<string>();
  let algorithm = '';
  eachElement((await parts.text('META-INF/encryption.xml')) ?? '', (name, { Algorithm = '', URI = '' }) => {
    if (name === 'EncryptedData') algorithm = '';
    if (name === 'EncryptionMethod') algorithm ||= Algorithm;
    if (name === 'CipherReference' && !FONTS.test(algorithm)) paths.add(pathFrom('', URI));
  });
  return paths;
}
const FONTS = /idpf\.org\/2008\/embedding|ns\.adobe\.com\/pdf\/enc#RC/;

/** First title, language and date, and all authors. */
function bookMetadata(xml: string): Book['metadata'] {
  const metadata: [name: string, text: string][] = [];
  let current: [string, string] | undefined;
  const parser = new MarkupParser(
    {
      onopentagname(tag) {
        const name = localName(tag);
        current = /^dc:/i.test(tag) || tag === name ? [name, ''] : undefined;
        if (current && METADATA.has(name)) metadata.push(current);
      },
      ontext(text) {
        if (current) current[1] += text;
      },
      onclosetag: () => void (current = undefined),
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  const valuesOf = (name: string): string[] =>
    metadata.flatMap(([property, text]) =>
      property === name && text.trim() !== '' ? [oneLine(text).slice(0, MAX_LENGTH).toWellFormed()] : [],
    );
  const [[title], creators, language, [date]] = [
    valuesOf('title'),
    valuesOf('creator'),
    languageCode(valuesOf('language')[0] ?? ''),
    valuesOf('date'),
  ];
  const author = new Intl.ListFormat('en-GB').format(creators.slice(0, MAX_AUTHORS));
  return {
    ...(title !== undefined && { title }),
    fields: { ...(author !== '' && { author }), ...(date && { date }), ...(language && { language }) },
  };
}
const METADATA = new Set(['title', 'creator', 'language', 'date']);
const MAX_LENGTH = 400;
const MAX_AUTHORS = 20;
