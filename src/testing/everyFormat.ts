/** A folder with a file of every supported format, and the titles of their documents. */
import { gzipSync, zipSync } from 'fflate';
import type { FormatId, TableFormatId } from '../core/documents/formats';
import { ARCHIVED_PAGE } from './archivedPage';
import { BOOK } from './book';
import { BZIP2 } from './bzip2';
import { ANDROID, DISCORD, DISCORD_PACKAGE, MASTODON, REDDIT, SLACK, TELEGRAM, TWITTER } from './chats';
import { DOCX, ODT } from './office';
import { PARQUET } from './parquet';
import { pdfOf } from './pdf';
import { TALK } from './presentation';
import { tarOf } from './tar';
import { answer, warcOf } from './warc';
import { inlineRows, workbookOf } from './workbook';

type Files = Readonly<Record<string, string | Uint8Array>>;
interface FormatFiles {
  /** Files by path; several if they belong together. */
  files: Files;
  titles: readonly string[];
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? utf8(content) : content);
const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));

/** Markup that sets a global if a page treats it as more than text. */
export const HARMFUL = '<img src=x onerror="globalThis.ran = true"><script>globalThis.ran = true</script>';

const TABLES = {
  csv: { files: { 'said.csv': 'text,label\n"Have ye seen, then, the whale?",1\n,2\n' }, titles: ['Row 2'] },
  tsv: { files: { 'said.tsv': 'text\tlabel\nAye.\t1\nNo.\t2\n' }, titles: ['Row 2', 'Row 3'] },
  jsonl: { files: { 'said.jsonl': '{"text":"It is white.","title":"White"}\n' }, titles: ['White'] },
  json: { files: { 'said.json': '[{"text":"It is wide.","title":"Wide"}]' }, titles: ['Wide'] },
  xlsx: {
    files: { 'said.xlsx': workbookOf([{ name: 'Data', rows: inlineRows([['text'], ['It is deep.']]) }]) },
    titles: ['Row 2'],
  },
  parquet: {
    files: { 'said.parquet': PARQUET.snappy },
    titles: ['N0', 'N2', 'N3', 'N4'],
  },
} satisfies Record<TableFormatId, FormatFiles>;

/** Tables are in an archive, where the app doesn't ask for the columns. */
export const EVERY_FORMAT: Readonly<Record<Exclude<FormatId, TableFormatId>, FormatFiles>> = {
  zip: {
    files: {
      'everything/tables.zip': zipSync(
        Object.fromEntries(
          Object.values(TABLES).flatMap(({ files }) =>
            Object.entries<string | Uint8Array>(files).map(([path, content]) => [path, bytesOf(content)]),
          ),
        ),
      ),
    },
    titles: Object.values(TABLES).flatMap(({ titles }) => titles),
  },
  txt: {
    files: { 'everything/deep/er/june.txt': `Call me Ishmael. ${HARMFUL}` },
    titles: ['everything/deep/er/june.txt'],
  },
  md: { files: { 'everything/notes.md': '# Whales\n\nThey are *large*.\n' }, titles: ['everything/notes.md'] },
  html: {
    files: {
      'everything/page.html': `<title>&lt;img src=x onerror="globalThis.ran = true"></title><body onload="globalThis.ran = true"><p>Some years ago.${HARMFUL}</p>`,
      'everything/page_files/run.js': 'globalThis.ran = true;',
    },
    titles: ['<img src=x onerror="globalThis.ran = true">'],
  },
  mhtml: { files: { 'everything/saved.mhtml': ARCHIVED_PAGE }, titles: ['The whale'] },
  srt: {
    files: { 'everything/film.srt': '1\n00:00:01,000 --> 00:00:02,500\nThar she blows!\n' },
    titles: ['everything/film.srt'],
  },
  vtt: {
    files: { 'everything/film.vtt': 'WEBVTT\n\n00:01.000 --> 00:02.000\nWhere away?\n' },
    titles: ['everything/film.vtt'],
  },
  ipynb: {
    files: {
      'everything/work.ipynb': JSON.stringify({ cells: [{ cell_type: 'markdown', source: '# A count' }], nbformat: 4 }),
    },
    titles: ['everything/work.ipynb'],
  },
  docx: { files: { 'everything/letter.docx': DOCX }, titles: ['Loomings'] },
  odt: { files: { 'everything/letter.odt': ODT }, titles: ['The <b> whale'] },
  pptx: { files: { 'everything/talk.pptx': TALK }, titles: ['Loomings'] },
  epub: { files: { 'everything/book.epub': BOOK }, titles: ['Moby Dick'] },
  pdf: {
    files: {
      'everything/paper.pdf': pdfOf([[{ text: 'On the whiteness of it.', x: 60, y: 700 }]], '/Title (On white)'),
    },
    titles: ['On white'],
  },
  eml: {
    files: { 'everything/letter.eml': 'From: Ann <a@b>\nSubject: At sea\nMessage-ID: <1@x>\n\nWe sail at noon.\n' },
    titles: ['At sea'],
  },
  mbox: {
    files: {
      'everything/box.mbox':
        'From a@b Mon Nov  1 10:00:00 2021\nFrom: Ann <a@b>\nSubject: Ashore\nMessage-ID: <2@x>\n\nWe are back.\n\n',
    },
    titles: ['Ashore'],
  },
  mediawiki: {
    files: {
      'everything/wiki.xml':
        "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.11/\" xml:lang=\"en\"><siteinfo><sitename>Wikipedia</sitename><base>https://en.wikipedia.org/wiki/Main_Page</base></siteinfo><page><title>Harpoon</title><ns>0</ns><id>1</id><revision><id>2</id><timestamp>2026-01-02T03:04:05Z</timestamp><text>A '''harpoon''' is a [[spear]].</text></revision></page></mediawiki>",
    },
    titles: ['Harpoon'],
  },
  warc: {
    files: {
      'everything/crawl.warc': warcOf([
        {
          type: 'response',
          uri: 'http://x.example/',
          content: answer(['Content-Type: text/html'], `<title>Crawled</title><p>A page of the web.${HARMFUL}`),
        },
      ]),
    },
    titles: ['Crawled'],
  },
  whatsapp: {
    files: { 'everything/WhatsApp Chat with Bob.txt': ANDROID },
    titles: ['Bob, 2023-01-05', 'Bob, 2023-01-05', 'Bob, 2023-01-14'],
  },
  telegram: {
    files: { 'everything/telegram/result.json': TELEGRAM },
    titles: ['Pequod, 2021-03-05', 'Pequod, 2021-03-06'],
  },
  slack: {
    files: under('everything/slack', SLACK),
    titles: ['Ann, Bob, 2021-03-05', '#general, 2021-03-05', '#general, 2021-03-05'],
  },
  discord: { files: { 'everything/channel.json': DISCORD }, titles: ['Sea / whales, 2021-03-05'] },
  discordPackage: {
    files: under('everything/discord', DISCORD_PACKAGE),
    titles: ['whales in Sea, 2023-04-24', 'Direct Message with bob#0, 2020-01-01'],
  },
  twitter: { files: under('everything/x', TWITTER), titles: ['Ann, 2023-02-18', 'Ann, 2023-02-18', 'Ann, 2023-02-19'] },
  mastodon: { files: under('everything/mastodon', MASTODON), titles: ['Ann, 2023-02-18', 'Wale'] },
  reddit: { files: under('everything/reddit', REDDIT), titles: ['r/sea: The whale', 'r/sea', 'r/sea: A link alone'] },
  code: { files: { 'everything/count.py': 'print(sum(range(10)))\n' }, titles: ['everything/count.py'] },
  tar: {
    files: { 'everything/more.tar': tarOf([{ path: 'in/tarred.txt', text: 'Out of a tar.' }]) },
    titles: ['everything/more.tar/in/tarred.txt'],
  },
  gz: {
    files: { 'everything/packed.txt.gz': gzipSync(utf8('Out of a gzip.'), { mtime: 0 }) },
    titles: ['everything/packed.txt.gz/packed.txt'],
  },
  bz2: { files: { 'everything/several.txt.bz2': BZIP2.several }, titles: ['everything/several.txt.bz2/several.txt'] },
};

/** Files of all formats, and files that systems leave in folders. */
export const EVERYTHING: Files = Object.assign(
  { 'everything/.DS_Store': '\0\0\0\u0001Bud1', 'everything/deep/Thumbs.db': '\xd0\xcf' },
  ...Object.values(EVERY_FORMAT).map(({ files }) => files),
) as Files;
