/**
 * Replaces web addresses with <url>, or removes them. They begin with http://, https://, ftp:// or www., and end
 * before white space, a quotation mark, an unmatched bracket, or Chinese, Japanese or Korean. Final punctuation
 * belongs to the sentence.
 *
 * @example `"See https://example.org/a?b=c#d, (and www.example.org/a_(b)). Or HTTP://x.io…"` becomes `"See <url>, (and <url>). Or <url>…"`
 * @example `"见https://example.org。 awww. http:// me@example.org"` becomes `"见<url>。 awww. http:// me@example.org"`
 * @example with `{"to":"nothing"}` `"[map](https://example.org/map) “www.example.org”"` becomes `"[map]() “”"`
 */
import { choice } from '../../../base/field';
import { replaceMatches, textRule } from './rule';

const FIELDS = {
  to: choice({
    label: 'Action',
    initial: 'placeholder',
    of: { placeholder: { label: 'Replace with <url>' }, nothing: { label: 'Remove' } },
  }),
};
const REPLACEMENTS = { placeholder: '<url>', nothing: '' };

const ADDRESS =
  /\b(?:(?:https?|ftp):\/\/|www\.)[a-z\d\u00c0-\u058f][^\s<>"`{}|\\^[\]«»\u2010-\u206f\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]*/gi;

export const urls = textRule({
  label: 'Web addresses',
  does: 'Replaces http://…, https://… and www.… with <url>',
  costs: 'the addresses are lost',
  source: 'GitHub Flavored Markdown 6.9, extended autolinks',
  fields: FIELDS,
  searchPattern: () => ({ units: '', alternative: ':\\/\\/|[wW]{3}\\.' }),
  changes: ({ to }) => {
    const replacement = REPLACEMENTS[to];
    return (passage) =>
      replaceMatches(passage, ADDRESS, (address) => replacement + address.slice(addressLength(address)));
  },
});

/** Length of a match without final punctuation. */
function addressLength(address: string): number {
  let unopened = 0;
  for (const character of address) unopened += character === ')' ? 1 : character === '(' ? -1 : 0;
  for (let end = address.length; ; end--) {
    const last = address[end - 1]!;
    if (last === ')' && unopened > 0) unopened--;
    else if (!'?!.,:;*_~\'"'.includes(last)) return end;
  }
}
