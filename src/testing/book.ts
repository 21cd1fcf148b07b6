/** EPUB books as programs write them, part by part. */
import { zipSync } from 'fflate';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param chapters contents of their bodies, in reading order @param otherParts other parts, by their paths */
export function bookOf(
  chapters: readonly string[],
  { metadata = '', items = '', spine = '', guide = '' } = {},
  otherParts: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts: Record<string, string> = {
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<?xml version="1.0"?><container><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    'OEBPS/book.opf': `<package><metadata>${metadata}</metadata><manifest>${items}${chapters
      .map((_, i) => `<item id="c${i}" href="text/chapter%20${i}.xhtml" media-type="application/xhtml+xml"/>`)
      .join(
        '',
      )}</manifest><spine>${spine}${chapters.map((_, i) => `<itemref idref="c${i}"/>`).join('')}</spine><guide>${guide}</guide></package>`,
    ...Object.fromEntries(
      chapters.map((body, i) => [
        `OEBPS/text/chapter ${i}.xhtml`,
        `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>${body}</body></html>`,
      ]),
    ),
    ...otherParts,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([path, xml]) => [path, utf8(xml)])));
}

/** Two chapters with a cover, contents, a picture, a font, and a missing part. */
export const BOOK = bookOf(
  [
    '<h1>Loomings</h1><p>Call me<br/>Ishmael.</p><script>globalThis.ran = 1</script><p><a id="x"/>Some years ago</p>',
    '<h1>The Carpet-Bag</h1><p>I stuffed a shirt</p>',
  ],
  {
    metadata:
      '<dc:title>Moby\n Dick</dc:title><dc:creator>Herman Melville</dc:creator><dc:creator>A. Friend</dc:creator><dc:language>en-US</dc:language><dc:date>1851-10-18</dc:date>',
    items:
      '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/><item id="picture" href="a.svg" media-type="image/svg+xml"/><item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>',
    spine:
      '<itemref idref="cover" linear="no"/><itemref idref="nav"/><itemref idref="picture"/><itemref idref="gone"/>',
  },
  {
    'OEBPS/nav.xhtml':
      '<html><body><nav epub:type="toc"><a href="text/chapter%200.xhtml">Loomings</a></nav><nav epub:type="landmarks"><a epub:type="cover" href="cover.xhtml#top">Cover</a></nav></body></html>',
    'OEBPS/cover.xhtml': '<html><body><p>A cover</p></body></html>',
    'OEBPS/a.svg': '<svg><text>no</text></svg>',
    'META-INF/encryption.xml':
      '<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/><enc:CipherData><enc:CipherReference URI="OEBPS/text/chapter%200.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>',
  },
);
