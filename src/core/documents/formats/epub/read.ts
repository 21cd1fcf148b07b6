/** An EPUB book: its chapters in reading order, without cover and contents. https://www.w3.org/TR/epub-33/ */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { type Book, bookOf } from './book';
import { pageText } from '../../markupText';
import { Parts } from '../../parts';
import { expandSelfClosing } from '../html';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const parts = await Parts.open(file, 'an EPUB book');
  const book = await bookOf(parts);
  await refuseProtected(file.name, parts, book);
  const chapters: string[] = [];
  let missing = 0;
  for (const path of book.chapters) {
    const xhtml = await parts.text(path);
    if (xhtml === null) missing++;
    else chapters.push(pageText(expandSelfClosing('.xhtml', xhtml)).text);
  }
  if (missing > 0)
    file.note(`${counted(missing, 'chapter')} of this book ${missing === 1 ? 'is' : 'are'} missing from the file`);
  const text = chapters
    .filter((chapter) => chapter !== '')
    .join('\n\n')
    .replaceAll('\0', '')
    .toWellFormed();
  if (text !== '') yield { ...book.metadata, text };
};

/** Refuses a book with any encrypted chapter, because the remaining ones would be incomplete. */
async function refuseProtected(name: string, parts: Parts, { chapters, encrypted }: Book): Promise<void> {
  if (!chapters.some((path) => encrypted.has(path))) return;
  const rights = (await parts.text('META-INF/rights.xml')) ?? '';
  const scheme = rights.includes('ns.adobe.com/adept')
    ? 'Adobe ADEPT'
    : parts.has('META-INF/license.lcpl')
      ? 'Readium LCP'
      : parts.has('META-INF/sinf.xml')
        ? 'Apple FairPlay'
        : null;
  throw badFile(
    `${name} is copy-protected (DRM${scheme ? `, ${scheme}` : ''}): its chapters are encrypted.`,
    'Add a copy without DRM, which many stores and libraries offer.',
  );
}
