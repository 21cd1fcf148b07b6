/** Pages, mail, subtitles, wikis and crawls with deep nesting or long backtracking. */
import { gzipSync } from 'node:zlib';
import { answer, warcOf } from '../warc';
import { repeatEach, type Hostile, lazyFile, nested } from './made';

const cue = (line: string): string => `00:00:01,000 --> 00:00:02,000\n${line}\n\n`;
const mail = (head: string, body: string): string => `From: Ann <a@b>\nSubject: Aye\n${head}\n\n${body}`;
const htmlMail = (html: string): string => mail('Content-Type: text/html', html);

function multiparts(depth: number): string {
  const head = repeatEach(depth, (i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`);
  return `From: Ann <a@b>\nSubject: Aye\n${head}Content-Type: text/plain\n\nAye\n`;
}
const messagesInMessages = (depth: number): string =>
  `From: Ann <a@b>\n${'Content-Type: message/rfc822\n\nSubject: Aye\n'.repeat(depth)}\nAye\n`;

export const TEXT: Hostile = {
  'html nested deep': lazyFile('deep.html', () => nested('div', 1_000_000)),
  'html without end tags': lazyFile('open.html', () => '<font>'.repeat(1_000_000)),
  'html of end tags': lazyFile('ends.html', () => `${'<b>'.repeat(100_000)}${'</i>'.repeat(1_000_000)}Aye`),
  'html of pictures in pictures': lazyFile('svg.html', () => `${nested('svg', 500_000)}Aye`),
  'html of attributes': lazyFile('attributes.html', () => `<p ${repeatEach(300_000, (i) => `a${i}=b `)}>Aye, aye.</p>`),
  'html of a long text 60 deep': lazyFile('long.html', () => nested('div', 60, 'Aye, aye, captain. '.repeat(400_000))),
  'html of paragraphs 60 deep': lazyFile('paragraphs.html', () =>
    nested('div', 55, '<p>Aye, aye, captain of the ship, said he, and went.</p>'.repeat(9000)),
  ),
  'html of links': lazyFile('links.html', () =>
    '<p><a href="x">Aye, aye, captain, said he to her.</a></p>'.repeat(9000),
  ),
  'html of cells': lazyFile('cells.html', () => `<table><tr>${'<td>'.repeat(1_000_000)}Aye`),
  'html of comments': lazyFile('comments.html', () => `${'<!--'.repeat(1_000_000)}Aye`),
  'html of entities': lazyFile('entities.html', () => '&amp;'.repeat(2_000_000)),
  'html of less-than signs': lazyFile('less.html', () => '<a '.repeat(2_000_000)),
  'html of its encoding': lazyFile('encoding.html', () => `<meta charset=${' '.repeat(1_000_000)};>Aye`),
  'xhtml of empty elements': lazyFile('empty.xhtml', () => `<?xml version="1.0"?>${'<a b'.repeat(1_000_000)}/>`),
  'mhtml of boundaries': lazyFile(
    'parts.mhtml',
    () => `MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n${'--b\n\n'.repeat(500_000)}`,
  ),
  'mhtml of a long head': lazyFile(
    'head.mhtml',
    () => `MIME-Version: 1.0\nContent-Type: text/html;${' ;'.repeat(500_000)}\n\nAye`,
  ),
  'eml nested deep': lazyFile('deep.eml', () => htmlMail(nested('div', 1_000_000))),
  'eml of parts in parts': lazyFile('parts.eml', () => multiparts(20_000)),
  'eml of messages in messages': lazyFile('messages.eml', () => messagesInMessages(5000)),
  'eml of a folded line': lazyFile('folded.eml', () => mail(`X-A: a\n${' a\n'.repeat(300_000)}X-B: b`, 'Aye')),
  'eml of addresses': lazyFile('addresses.eml', () =>
    mail(`To: ${repeatEach(100_000, (i) => `a${i} <a${i}@b>, `)}`, 'Aye'),
  ),
  'eml of brackets in an address': lazyFile('brackets.eml', () => mail(`To: ${'('.repeat(500_000)}`, 'Aye')),
  'eml of encoded words': lazyFile('words.eml', () => mail(`X-A: ${'=?utf-8?q?a?= '.repeat(100_000)}`, 'Aye')),
  'eml of answers': lazyFile('answers.eml', () =>
    mail(`References: ${repeatEach(100_000, (i) => `<${i}@a> `)}`, 'Aye'),
  ),
  'eml of quotes': lazyFile('quotes.eml', () => mail('', `${'Ann wrote:\n> a\n'.repeat(100_000)}Aye`)),
  'eml of styles': lazyFile('styles.eml', () =>
    mail(
      'Content-Type: multipart/mixed; boundary=b',
      `--b\nContent-Type: text/html\n\n${'<style>'.repeat(300_000)}\n--b\nContent-Type: text/plain\n\nAye\n--b--`,
    ),
  ),
  'mbox of a chain of answers': lazyFile('chain.mbox', () =>
    repeatEach(
      12_000,
      (i) => `From a@b Mon Nov  1 10:00:00 2021\nFrom: a\nMessage-ID: <${i}>\nIn-Reply-To: <${i - 1}>\n\nAye ${i}\n\n`,
    ),
  ),
  'mbox of beginnings': lazyFile('from.mbox', () => 'From a 1:00\n\n'.repeat(10_000)),
  'srt of voices': lazyFile('voices.srt', () => cue(`<v${' '.repeat(1_000_000)}`)),
  'srt of short lines': lazyFile('short.srt', () => cue('a\n'.repeat(1_000_000))),
  'srt of times': lazyFile('times.srt', () => `${'1'.repeat(1_000_000)}\n${cue('Aye')}`),
  'vtt of braces': lazyFile('braces.vtt', () => `WEBVTT\n\n${cue('{\\'.repeat(500_000))}`),
  'vtt nested deep': lazyFile('deep.vtt', () => `WEBVTT\n\n${cue(nested('b', 500_000))}`),
  'wiki of an address': lazyFile(
    'address.xml',
    () => `<mediawiki><siteinfo><base>${'a'.repeat(4_000_000)}/a/</base></siteinfo></mediawiki>`,
  ),
  'wiki nested deep': lazyFile('deep.xml', () => `<mediawiki>${nested('page', 1_000_000)}</mediawiki>`),
  'wiki of braces': lazyFile(
    'braces.xml',
    () =>
      `<mediawiki><page><title>A</title><ns>0</ns><revision><text>${'{{[[{|'.repeat(500_000)}</text></revision></page></mediawiki>`,
  ),
  'wiki of a tag without end': lazyFile('open.xml', () => `<mediawiki><page ${'a '.repeat(2_000_000)}`),
  'warc of spaces in a head': lazyFile('spaces.warc', () =>
    warcOf(
      Array.from({ length: 20 }, () => ({
        type: 'response',
        uri: 'http://x.example/',
        content: answer([`Content-Type: text/html; charset=${' '.repeat(60_000)};`], '<p>Aye'),
      })),
    ),
  ),
  'warc of deep pages': lazyFile('deep.warc', () =>
    warcOf([
      {
        type: 'response',
        uri: 'http://x.example/',
        content: answer(['Content-Type: text/html'], nested('div', 500_000)),
      },
    ]),
  ),
  'warc of many heads': lazyFile('heads.warc', () => 'WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n'.repeat(100_000)),
  'warc of a page packed hard': lazyFile('packed.warc', () =>
    warcOf([
      {
        type: 'response',
        uri: 'http://x.example/',
        content: answer(['Content-Type: text/html', 'Content-Encoding: gzip'], gzipSync(new Uint8Array(60e6).fill(32))),
      },
    ]),
  ),
  'text of byte order marks': lazyFile('marks.txt', () => '\ufeff'.repeat(1_000_000)),
  'text of NULs': lazyFile('nuls.txt', () => `${'a'.repeat(5000)}${'\0'.repeat(1_000_000)}`),
};
