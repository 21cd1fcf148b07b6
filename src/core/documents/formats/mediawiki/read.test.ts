/** Wiki dumps: text of articles, one at a time, also from truncated and damaged dumps. */
import { expect, it, test, vi } from 'vitest';
import { memoryStore } from '../../../base/blobStore';
import { checkSound, expectAlikeInPieces, outcomeOf } from '../../../../testing/damage';
import { unwatched } from '../../../base/job';
import { collect, stream } from '../../../../testing/texts';
import { importDrop, openText } from '../..';
import { MAX_ARTICLE_LENGTH } from '../../limits';
import type { FoundDocument } from '../format';
import { documents } from './read';
import { mediawiki } from './sniffer';
import { wikiText } from './words';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

interface Page {
  title: string;
  text: string;
  ns?: number;
  inside?: string;
}
const page = ({ title, text, ns = 0, inside = '' }: Page): string =>
  `<page>\n<title>${escaped(title)}</title>\n<ns>${ns}</ns>\n<id>1</id>${inside}\n<revision>\n<id>2</id>\n<timestamp>2026-01-02T03:04:05Z</timestamp>\n<contributor><username>x</username><id>3</id></contributor>\n<comment>[[x]]</comment>\n<model>wikitext</model>\n<format>text/x-wiki</format>\n<text bytes="1" xml:space="preserve">${escaped(text)}</text>\n<sha1>x</sha1>\n</revision>\n</page>\n`;
const HEAD = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
  <siteinfo><sitename>Wikipedia</sitename><base>https://de.wikipedia.org/wiki/Wikipedia:Hauptseite</base>
    <namespaces><namespace key="0" case="first-letter" /><namespace key="1" case="first-letter">Diskussion</namespace>
      <namespace key="6" case="first-letter">Datei</namespace><namespace key="14" case="first-letter">Kategorie</namespace></namespaces>
  </siteinfo>\n`;
const dumpOf = (...pages: Page[]): string => `${HEAD}${pages.map(page).join('')}</mediawiki>\n`;

async function read(content: string | Uint8Array, piece = 1000) {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
    bytes.subarray(i * piece, (i + 1) * piece),
  );
  const notes: string[] = [];
  const file = { name: 'a.xml', bytes: stream(pieces), note: (words: string) => void notes.push(words) };
  return { documents: await collect<FoundDocument>(documents(file)), notes };
}

const ARTICLE = `{{Infobox|name={{nowrap|Der Wal}}|bild=[[Datei:a.jpg]]}}
[[Datei:Wal.jpg|mini|Ein [[Wal]] von [http://x.example hier]]]
Ein '''Wal''' ({{IPA|va:l}}; ''Cetacea'') ist ein [[Säugetiere|Säugetier]].<ref name="a">{{Literatur|Titel=x}}</ref><ref name=b/> Er &amp; seine&nbsp;Kühe.

== Größe ==
{| class="wikitable"
! Art
|-
| {{nts|30}}
|}
=== Länge ===
* bis 30&nbsp;m
* <math>\\frac{a}{b} < c</math> und <nowiki>[[so]]</nowiki>
== Einzelnachweise ==
<references />
[[Kategorie:Wal| ]]
[[en:Whale]]`;
const WORDS =
  'Ein Wal (Cetacea) ist ein Säugetier. Er & seine\u00a0Kühe.\n\nGröße\n\nLänge\n\nbis 30\u00a0m\n\\frac{a}{b} < c und [[so]]';

test('extracts the text of an article with its title, address, date and language', async () => {
  for (const size of [1, 7, 100_000]) {
    const { documents, notes } = await read(
      dumpOf(
        { title: 'Wal (Tier) & Co', text: ARTICLE },
        { title: 'Wale', text: '#WEITERLEITUNG [[Wal]]', inside: '<redirect title="Wal" />' },
        { title: 'Diskussion:Wal', text: 'Nein!', ns: 1 },
        { title: 'Leer', text: '{{Löschen}}' },
        { title: 'Aye', text: 'Aye.' },
      ),
      size,
    );
    const fields = {
      source: 'https://de.wikipedia.org/wiki/Wal_(Tier)_%26_Co',
      date: '2026-01-02T03:04:05Z',
      language: 'de',
    };
    expect(documents[0]).toEqual({ title: 'Wal (Tier) & Co', text: WORDS, fields });
    expect(documents[1]).toMatchObject({ title: 'Aye', text: 'Aye.' });
    expect(documents).toHaveLength(2);
    expect(notes).toEqual(['Skipped 1 redirect, 1 page that isn’t an article and 1 empty article']);
  }
});

it.each([
  ["'''''Bold''''' and ''italics'', l''''an'''", "Bold and italics, l'an"],
  [
    '[[A|b]]s, [[A]], [[A#b|]], [[:Category:A]], [[Talk:A|b]], [http://a b c], [http://a]',
    'bs, A, A#b, Category:A, b, b c,',
  ],
  ['a {{b|{{c|[[d]]}}|{{{e|}}}}} f {{{g|h}}} i', 'a f i'],
  ['a\n{|\n| b\n{|\n| c\n|}\n|}\nd {{e|\n|}} f', 'a\n\nd f'],
  ['a<!-- b -->c<br>d<br />e<small>f</small>g <foo>h</foo> 1 < 2', 'ac\nd\nefg <foo>h</foo> 1 < 2'],
  ["<syntaxhighlight lang='c'>\n# a ''b''\n  c&amp;\n</syntaxhighlight>", "# a ''b''\n  c&amp;"],
  ['<pre>\n a  [[b]]\n</pre>', ' a  [[b]]'],
  ['== A ==\n=== B ===\n== C ==\nd\n=== E ===', 'C\n\nd'],
  ['* a\n*# b\n: c\n; d : e\n----\nf', 'a\nb\nc\nd : e\nf'],
  ['a ({{b}}) c ({{b}}, d) __NOTOC__', 'a c (d)'],
  // Markup that never ends is text, except for rows of a table.
  ['a [[b c', 'a [[b c'],
  ['a [http://b c\nd', 'a [http://b c\nd'],
  ['a {{b c', 'a {{b c'],
  ['a\n{|\n| b\nc', 'a\n\nc'],
  ['a <ref>b', 'a b'],
  ['a }} b ]] c |} d', 'a }} b ]] c |} d'],
  ['<gallery>\nA.jpg|b\n</gallery><ref group="a>b">c</ref>d', 'd'],
  ['&#39;&eacute;&lt;b&gt;&bogus;\x01\x02', "'é<b>&bogus;"],
])('extracts the text of %j', (markup, words) => {
  expect(wikiText(markup, new Set(['file', 'category']))).toBe(words);
});

test('reads markup that is often started and never ended fast', () => {
  const begin = performance.now();
  for (const one of [
    '[[',
    '{{',
    '\n{|',
    '[http://x ',
    '<ref>',
    '<ref ',
    '<!--',
    '[[a|',
    '\n|}',
    "'",
    '=',
    '<nowiki>',
    '(',
    ' ',
  ])
    wikiText(one.repeat(100_000), new Set());
  expect(performance.now() - begin).toBeLessThan(20_000);
});

test('recognizes a dump by its first element, and no other XML', () => {
  expect(mediawiki.begins(`\ufeff<?xml version="1.0"?>\n<!-- x -->\n${HEAD}`, 'a.xml')).toBe(true);
  for (const head of ['<?xml version="1.0"?><rss/>', '<mediawikis>', 'See <mediawiki>'])
    expect(mediawiki.begins(head, 'a.xml')).toBe(false);
});

test('recognizes a part of a dump named by its pages, and imports other XML as written', async () => {
  const rss = '<rss><item>Aye.</item></rss>';
  const files = { 'dewiki-1.xml-p1p297012': dumpOf({ title: 'Wal', text: ARTICLE }), 'b.xml': rss };
  const sources = Object.entries(files).map(([name, text]) => ({
    name,
    size: text.length,
    stream: () => stream([utf8(text)]),
  }));
  const store = memoryStore();
  const { text, refused } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  expect(refused).toEqual([]);
  expect(text!.formats).toEqual(['mediawiki', 'txt']);
  const all = await openText(store, text!.id);
  const texts = await Promise.all(all.map(async (each) => (await collect(each.chunks())).join('')));
  expect(texts).toEqual([WORDS, rss]);
});

test('recognizes articles and redirects in dumps from before 2010, and uses the last of several revisions', async () => {
  const revision = (text: string): string =>
    `<revision><timestamp>2006-03-03T00:00:00Z</timestamp><text>${text}</text></revision>`;
  const old = ['Wal', 'Datei:Wal.jpg', 'Wale'].map(
    (title, i) =>
      `<page><title>${title}</title>${revision('Older.')}${revision(['Newer.', 'x', '#REDIRECT [[Wal]]'][i]!)}</page>`,
  );
  const { documents, notes } = await read(`${HEAD}${old.join('')}</mediawiki>`);
  expect(documents).toMatchObject([{ title: 'Wal', text: 'Newer.' }]);
  expect(notes).toEqual(['Skipped 1 redirect and 1 page that isn’t an article']);
});

test('yields articles before the rest is read, and skips one that is too long', async () => {
  const [head, body] = [utf8(HEAD), utf8(page({ title: 'Wal', text: ARTICLE }))];
  const long = new Uint8Array(2 ** 20).fill(97);
  let read = 0;
  const pieces = function* () {
    yield head;
    yield utf8('<page><title>x</title><ns>0</ns><revision><text>');
    for (let i = 0; i <= MAX_ARTICLE_LENGTH / long.length; i++) yield long;
    yield utf8('</text></revision></page>');
    for (; read < 5000; read++) yield body;
  };
  const notes: string[] = [];
  const file = { name: 'a.xml', bytes: stream(pieces()), note: (words: string) => void notes.push(words) };
  for await (const { title } of documents(file)) {
    expect(title).toBe('Wal');
    break;
  }
  expect(read).toBeLessThan(2500);
  const tag = function* () {
    yield utf8(`${HEAD}<page `);
    for (let i = 0; i <= 2 * (MAX_ARTICLE_LENGTH / long.length); i++) yield long;
  };
  await expect(collect(documents({ ...file, bytes: stream(tag()) }))).rejects.toThrow(/^a\.xml is damaged: a tag/);
  await expect(collect(documents({ ...file, bytes: stream([utf8(`${HEAD}${'<a>'.repeat(50)}`)]) }))).rejects.toThrow(
    /^a\.xml is damaged: its elements are nested too deep/,
  );
});

test('refuses a dump without articles, and reads the complete articles of a truncated one', async () => {
  await expect(read(dumpOf({ title: 'Diskussion:Wal', text: 'x', ns: 1 }))).rejects.toThrow(
    /^a\.xml has no article with text, only 1 page that isn’t an article\.$/,
  );
  const whole = dumpOf({ title: 'Wal', text: ARTICLE }, { title: 'Aye', text: 'Aye.' });
  const { documents, notes } = await read(whole.slice(0, whole.indexOf('Aye.')));
  expect(documents.map(({ title }) => title)).toEqual(['Wal']);
  expect(notes).toEqual(['The file is cut off; all complete pages before that were added']);
});

test('a damaged dump gives documents or a typed error, wherever chunks end', async () => {
  vi.setConfig({ testTimeout: 30_000 });
  const whole = utf8(dumpOf({ title: 'Wal', text: ARTICLE }, { title: 'Aye', text: 'Aye.' }));
  const tried = (bytes: Uint8Array, piece: number) =>
    outcomeOf(async () => {
      const { documents } = await read(bytes, piece);
      checkSound(documents);
      return documents;
    });
  await expectAlikeInPieces(whole, tried, 60);
});
