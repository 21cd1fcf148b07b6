import { expect, test } from 'vitest';
import { BOOK, bookOf } from '../../../../testing/book';
import { TALK } from '../../../../testing/presentation';
import { readDocuments as read, readText as textOf } from '../../../../testing/readDocuments';

test('reads the chapters of a book in reading order without cover and contents, and its metadata', async () => {
  const { documents, notes } = await read('a.epub', BOOK);
  expect(documents).toEqual([
    {
      title: 'Moby Dick',
      text: 'Loomings\n\nCall me\nIshmael.\n\nSome years ago\n\nThe Carpet-Bag\n\nI stuffed a shirt',
      fields: { author: 'Herman Melville and A. Friend', date: '1851-10-18', language: 'en' },
    },
  ]);
  expect(notes).toEqual(['1 chapter of this book is missing from the file']);
  expect(globalThis).not.toHaveProperty('ran');
  // EPUB 2 declares a cover this way.
  const guide = '<reference type="cover" href="text/chapter%200.xhtml"/>';
  expect(await textOf('a.epub', bookOf(['<p>A cover</p>', '<p>Aye</p>'], { guide }))).toBe('Aye');
  await expect(read('a.epub', TALK)).rejects.toThrow(
    /^a\.epub is not an EPUB book: it has no META-INF\/container\.xml/,
  );
});

test.each([
  ['META-INF/rights.xml', '<rights xmlns="http://ns.adobe.com/adept"/>', 'DRM, Adobe ADEPT'],
  ['META-INF/license.lcpl', '{}', 'DRM, Readium LCP'],
  ['META-INF/sinf.xml', '<sinf/>', 'DRM, Apple FairPlay'],
  ['META-INF/other.xml', '', 'DRM'],
])('refuses a book with encrypted chapters, and names the scheme: %s', async (path, content, scheme) => {
  const encryption =
    '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><CipherData><CipherReference URI="OEBPS/text/chapter%200.xhtml"/></CipherData></EncryptedData></encryption>';
  const book = bookOf(['x'], {}, { [path]: content, 'META-INF/encryption.xml': encryption });
  await expect(read('a.epub', book)).rejects.toMatchObject({
    message: `a.epub is copy-protected (${scheme}): its chapters are encrypted.`,
    remedy: expect.any(String) as string,
  });
});
