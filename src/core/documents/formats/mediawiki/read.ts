/** A MediaWiki dump, such as Wikipedia's: one document per article. Keeps one page in memory at a time. */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { decodeParsed } from '../../decode';
import { languageCode } from '../../languageCode';
import { Dump, type WikiPage } from './dump';
import { wikiWords } from './words';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const left = { redirects: 0, others: 0, kinds: 0, long: 0, empty: 0 };
  const dump = new Dump(decodeParsed(file), file.name);
  let taken = 0;
  for await (const page of dump.pages()) {
    if (!page.isArticle) left.others++;
    else if (page.isRedirect) left.redirects++;
    else if (page.model !== 'wikitext') left.kinds++;
    else if (page.text === null) left.long++;
    else {
      const text = wikiWords(page.text, dump.left);
      if (text === '') left.empty++;
      else {
        taken++;
        yield { title: page.title.toWellFormed(), text, fields: fieldsOf(page, dump) };
      }
    }
  }
  const skipped: readonly [number, string, string][] = [
    [left.redirects, 'redirect', 'redirects'],
    [left.others, 'page that isn’t an article', 'pages that aren’t articles'],
    [left.kinds, 'page that isn’t wikitext', 'pages that aren’t wikitext'],
    [left.long, 'oversized article', 'oversized articles'],
    [left.empty, 'empty article', 'empty articles'],
  ];
  const words = skipped.flatMap(([n, one, many]) => (n > 0 ? [counted(n, one, many)] : []));
  const all = new Intl.ListFormat('en-GB').format(words);
  if (taken === 0 && (words.length > 0 || dump.isWhole))
    throw badFile(
      `${file.name} has no article with text${words.length > 0 ? `, only ${all}` : ''}.`,
      'Download the article dump, pages-articles.xml.bz2.',
    );
  if (words.length > 0) file.note(`Skipped ${all}`);
  if (!dump.isWhole) file.note('The file is cut off; all complete pages before that were added');
};

function fieldsOf({ title, date }: WikiPage, { address, language }: Dump): Record<string, string> {
  const name = encodeURIComponent(title.toWellFormed().replaceAll(' ', '_'))
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':');
  const metadata = Object.entries({ source: address && `${address}${name}`, date, language: languageCode(language) });
  return Object.fromEntries(metadata.flatMap(([key, value]) => (value ? [[key, value.toWellFormed()] as const] : [])));
}
