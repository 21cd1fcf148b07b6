/** A MediaWiki dump, such as Wikipedia's: one document per article. Keeps one page in memory at a time. */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { decodeParsed } from '../../decode';
import { languageCode } from '../../languageCode';
import { Dump, type WikiPage } from './dump';
import { wikiText } from './words';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const skippedCounts = { redirects: 0, notArticles: 0, otherModels: 0, long: 0, empty: 0 };
  const dump = new Dump(decodeParsed(file), file.name);
  let articleCount = 0;
  for await (const page of dump.pages()) {
    if (!page.isArticle) skippedCounts.notArticles++;
    else if (page.isRedirect) skippedCounts.redirects++;
    else if (page.model !== 'wikitext') skippedCounts.otherModels++;
    else if (page.text === null) skippedCounts.long++;
    else {
      const text = wikiText(page.text, dump.removedNamespaces);
      if (text === '') skippedCounts.empty++;
      else {
        articleCount++;
        yield { title: page.title.toWellFormed(), text, fields: fieldsOf(page, dump) };
      }
    }
  }
  const skipped: readonly [number, string, string][] = [
    [skippedCounts.redirects, 'redirect', 'redirects'],
    [skippedCounts.notArticles, 'page that isn’t an article', 'pages that aren’t articles'],
    [skippedCounts.otherModels, 'page that isn’t wikitext', 'pages that aren’t wikitext'],
    [skippedCounts.long, 'oversized article', 'oversized articles'],
    [skippedCounts.empty, 'empty article', 'empty articles'],
  ];
  const phrases = skipped.flatMap(([count, singular, plural]) => (count > 0 ? [counted(count, singular, plural)] : []));
  const skippedText = new Intl.ListFormat('en-GB').format(phrases);
  if (articleCount === 0 && (phrases.length > 0 || dump.isComplete))
    throw badFile(
      `${file.name} has no article with text${phrases.length > 0 ? `, only ${skippedText}` : ''}.`,
      'Download the article dump, pages-articles.xml.bz2.',
    );
  if (phrases.length > 0) file.note(`Skipped ${skippedText}`);
  if (!dump.isComplete) file.note('The file is cut off; all complete pages before that were added');
};

function fieldsOf({ title, date }: WikiPage, { address, language }: Dump): Record<string, string> {
  const name = encodeURIComponent(title.toWellFormed().replaceAll(' ', '_'))
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':');
  const metadata = Object.entries({ source: address && `${address}${name}`, date, language: languageCode(language) });
  return Object.fromEntries(metadata.flatMap(([key, value]) => (value ? [[key, value.toWellFormed()] as const] : [])));
}
