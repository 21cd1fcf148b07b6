/** Pages, mail, subtitles, wikis and crawls with deep nesting or long backtracking. */
import { gzipSync } from 'node:zlib';
import { answer, warcOf } from '../warc';
import { each, type Hostile, late, nested } from './made';

const cue = (line: string): string => `00:00:01,000 --> 00:00:02,000\n${line}\n\n`;
const mail = (head: string, body: string): string => `From: Ann <a@b>\nSubject: Aye\n${head}\n\n${body}`;
const htmlMail = (html: string): string => mail('Content-Type: text/html', html);

function multiparts(depth: number): string {
  const head = each(depth, (i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`);
  return `From: Ann <a@b>\nSubject: Aye\n${head}Content-Type: text/plain\n\nAye\n`;
}
const messagesInMessages = (depth: number): string =>
  `From: Ann <a@b>\n${'Content-Type: message/rfc822\n\nSubject: Aye\n'.repeat(depth)}\nAye\n`;

export const TEXT: Hostile = {
  'html nested deep': late('deep.html', () => nested('div', 1_000_000)),
  'html without end tags': late('open.html', () => '<font>'.repeat(1_000_000)),
  'html of end tags': late('ends.html', () => `${'<b>'.repeat(100_000)}${'</i>'.repeat(1_000_000)}Aye`),
  'html of pictures in pictures': late('svg.html', () => `${nested('svg', 500_000)}Aye`),
  'html of attributes': late('attributes.html', () => `<p ${each(300_000, (i) => `a${i}=b `)}>Aye, aye.</p>`),
  'html of a long text 60 deep': late('long.html', () => nested('div', 60, 'Aye, aye, captain. '.repeat(400_000))),
  'html of paragraphs 60 deep': late('paragraphs.html', () =>
    nested('div', 55, '<p>Aye, aye, captain of the ship, said he, and went.</p>'.repeat(9000)),
  ),
  'html of links': late('links.html', () => '<p><a href="x">Aye, aye, captain, said he to her.</a></p>'.repeat(9000)),
  'html of cells': late('cells.html', () => `<table><tr>${'<td>'.repeat(1_000_000)}Aye`),
  'html of comments': late('comments.html', () => `${'<!--'.repeat(1_000_000)}Aye`),
  'html of entities': late('entities.html', () => '&amp;'.repeat(2_000_000)),
  'html of less-than signs': late('less.html', () => '<a '.repeat(2_000_000)),
  'html of its encoding': late('encoding.html', () => `<meta charset=${' '.repeat(1_000_000)};>Aye`),
  'xhtml of empty elements': late('empty.xhtml', () => `<?xml version="1.0"?>${'<a b'.repeat(1_000_000)}/>`),
  'mhtml of boundaries': late(
    'parts.mhtml',
    () => `MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n${'--b\n\n'.repeat(500_000)}`,
  ),
  'mhtml of a long head': late(
    'head.mhtml',
    () => `MIME-Version: 1.0\nContent-Type: text/html;${' ;'.repeat(500_000)}\n\nAye`,
  ),
  'eml nested deep': late('deep.eml', () => htmlMail(nested('div', 1_000_000))),
  'eml of parts in parts': late('parts.eml', () => multiparts(20_000)),
  'eml of messages in messages': late('messages.eml', () => messagesInMessages(5000)),
  'eml of a folded line': late('folded.eml', () => mail(`X-A: a\n${' a\n'.repeat(300_000)}X-B: b`, 'Aye')),
  'eml of addresses': late('addresses.eml', () => mail(`To: ${each(100_000, (i) => `a${i} <a${i}@b>, `)}`, 'Aye')),
  'eml of brackets in an address': late('brackets.eml', () => mail(`To: ${'('.repeat(500_000)}`, 'Aye')),
  'eml of encoded words': late('words.eml', () => mail(`X-A: ${'=?utf-8?q?a?= '.repeat(100_000)}`, 'Aye')),
  'eml of answers': late('answers.eml', () => mail(`References: ${each(100_000, (i) => `<${i}@a> `)}`, 'Aye')),
  'eml of quotes': late('quotes.eml', () => mail('', `${'Ann wrote:\n> a\n'.repeat(100_000)}Aye`)),
  'eml of styles': late('styles.eml', () =>
    mail(
      'Content-Type: multipart/mixed; boundary=b',
      `--b\nContent-Type: text/html\n\n${'<style>'.repeat(300_000)}\n--b\nContent-Type: text/plain\n\nAye\n--b--`,
    ),
  ),
  'mbox of a chain of answers': late('chain.mbox', () =>
    each(
      12_000,
      (i) => `From a@b Mon Nov  1 10:00:00 2021\nFrom: a\nMessage-ID: <${i}>\nIn-Reply-To: <${i - 1}>\n\nAye ${i}\n\n`,
    ),
  ),
  'mbox of beginnings': late('from.mbox', () => 'From a 1:00\n\n'.repeat(10_000)),
  'srt of voices': late('voices.srt', () => cue(`<v${' '.repeat(1_000_000)}`)),
  'srt of short lines': late('short.srt', () => cue('a\n'.repeat(1_000_000))),
  'srt of times': late('times.srt', () => `${'1'.repeat(1_000_000)}\n${cue('Aye')}`),
  'vtt of braces': late('braces.vtt', () => `WEBVTT\n\n${cue('{\\'.repeat(500_000))}`),
  'vtt nested deep': late('deep.vtt', () => `WEBVTT\n\n${cue(nested('b', 500_000))}`),
  'wiki of an address': late(
    'address.xml',
    () => `<mediawiki><siteinfo><base>${'a'.repeat(4_000_000)}/a/</base></siteinfo></mediawiki>`,
  ),
  'wiki nested deep': late('deep.xml', () => `<mediawiki>${nested('page', 1_000_000)}</mediawiki>`),
  'wiki of braces': late(
    'braces.xml',
    () =>
      `<mediawiki><page><title>A</title><ns>0</ns><revision><text>${'{{[[{|'.repeat(500_000)}</text></revision></page></mediawiki>`,
  ),
  'wiki of a tag without end': late('open.xml', () => `<mediawiki><page ${'a '.repeat(2_000_000)}`),
  'warc of spaces in a head': late('spaces.warc', () =>
    warcOf(
      Array.from({ length: 20 }, () => ({
        type: 'response',
        uri: 'http://x.example/',
        content: answer([`Content-Type: text/html; charset=${' '.repeat(60_000)};`], '<p>Aye'),
      })),
    ),
  ),
  'warc of deep pages': late('deep.warc', () =>
    warcOf([
      {
        type: 'response',
        uri: 'http://x.example/',
        content: answer(['Content-Type: text/html'], nested('div', 500_000)),
      },
    ]),
  ),
  'warc of many heads': late('heads.warc', () => 'WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n'.repeat(100_000)),
  'warc of a page packed hard': late('packed.warc', () =>
    warcOf([
      {
        type: 'response',
        uri: 'http://x.example/',
        content: answer(['Content-Type: text/html', 'Content-Encoding: gzip'], gzipSync(new Uint8Array(60e6).fill(32))),
      },
    ]),
  ),
  'text of byte order marks': late('marks.txt', () => '\ufeff'.repeat(1_000_000)),
  'text of NULs': late('nuls.txt', () => `${'a'.repeat(5000)}${'\0'.repeat(1_000_000)}`),
};
