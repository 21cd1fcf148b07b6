/** Files at their readers' size limits, with many small items or one large item. */
import { type Hostile, late, utf8 } from './made';

const MiB = 2 ** 20;

/** Repeats a unit between a head and an end, up to a total size in bytes. */
function filled(size: number, unit: string, head = '', end = ''): Uint8Array {
  const [first, one, last] = [utf8(head), utf8(unit), utf8(end)];
  const count = Math.floor((size - first.length - last.length) / one.length);
  const bytes = new Uint8Array(first.length + count * one.length + last.length);
  bytes.set(first);
  if (count > 0) bytes.set(one, first.length);
  let at = first.length + one.length;
  for (const end = first.length + count * one.length; at < end;) {
    const length = Math.min(at - first.length, end - at);
    bytes.copyWithin(at, first.length, first.length + length);
    at += length;
  }
  bytes.set(last, first.length + count * one.length);
  return bytes;
}

/** `{"00000000":0,"10000000":0,` and so on; each name contains its number. */
function namesOf(size: number, one = '"00000000":0,', before = '{', after = '"a":"Aye"}'): Uint8Array {
  const bytes = filled(size, one, before, after);
  const first = before.length + one.indexOf('0');
  for (let at = first, i = 0; at + one.length < bytes.length - after.length; at += one.length, i++)
    for (let digit = 0, left = i; digit < 8; digit++, left = Math.floor(left / 10))
      bytes[at + digit] = 48 + (left % 10);
  return bytes;
}

const MAIL = 'From: Ann <a@b>\nSubject: Aye\n\n';
const attached = (head: string): string =>
  `Content-Type: multipart/mixed; boundary=b\n${MAIL}--b\nContent-Type: text/plain\n\nAye\n--b\nContent-Type: image/png\n${head}\n\n`;
const LINE = 'Aye, aye, captain of the ship, said he, and went to sea in her.';
const RECORD = `{"id":12345,"author":{"name":"Ann","age":31},"tags":["sea","whale"],"text":"${'Call me Ishmael, said he, some years ago. '.repeat(8)}"},\n`;

export const LARGE: Hostile = {
  'eml of 400,000 quoted lines': late('quotes.eml', () => filled(13 * 200_000 + 100, 'Ann wrote:\n> a\n', MAIL, 'Aye')),
  'eml of 64 MB in one line': late('line.eml', () => filled(64 * MiB, 'Aye ', MAIL)),
  'eml of 32 MB of letters': late('letters.eml', () => filled(32 * MiB, `${LINE}\n`, MAIL)),
  'eml of 64 MB attached': late('attached.eml', () =>
    filled(64 * MiB, `${'QWVQ'.repeat(19)}\n`, attached('Content-Transfer-Encoding: base64'), '--b--'),
  ),
  'eml of 64 MB of boundaries': late('boundaries.eml', () => filled(64 * MiB, '--b\n\n', attached(''))),
  'eml of 64 MB of dashes': late('dashes.eml', () => filled(64 * MiB, '--\n', attached(''))),
  'eml of 64 MB in quoted-printable': late('printable.eml', () =>
    filled(64 * MiB, 'a=\n', `Content-Transfer-Encoding: quoted-printable\n${MAIL}`),
  ),
  'html of 32 MB in a paragraph': late('paragraph.html', () => filled(32 * MiB, 'Aye, aye, captain. ', '<p>')),
  'html of 32 MB in paragraphs of 1 MB': late('paragraphs.html', () =>
    filled(32 * MiB, `<p>${'Aye, aye, captain. '.repeat(2 ** 20 / 19)}`),
  ),
  'html of 32 MB of characters': late('characters.html', () => filled(32 * MiB, '&#65;', '<p>')),
  'html of 16 MB of paragraphs': late('paragraphs.html', () =>
    filled(16 * MiB, '<p>Call me Ishmael. Some years ago, never mind how long precisely, I went to sea.</p>\n'),
  ),
  'html of 32 MB of elements': late('elements.html', () => filled(32 * MiB, '<b>a')),
  'json of 256 MB of brackets': late('deep.json', () => filled(256 * MiB, '[')),
  'json of 256 MB of small objects in one': late('objects.json', () =>
    filled(256 * MiB, '{"a":1},', '{"a":[', '{"a":1}]}'),
  ),
  'json of 16 MB of names': late('names.json', () => namesOf(16 * MiB)),
  'json of 100 MB in a text of one': late('text.json', () => filled(100e6, 'Aye ', '{"text":"', '"}')),
  'json of 256 MB in a text of one': late('text.json', () => filled(255 * MiB, 'Aye ', '{"text":"', '"}')),
  'json of 60 MB of names that no object repeats': late('names.json', () =>
    namesOf(60e6, '{"00000000":0},', '{"rows":[', '{"a":"Aye"}]}'),
  ),
  'jsonl of 128 MB in a text of one, with a quote': late('text.jsonl', () =>
    filled(128 * MiB, 'Aye ', '{"text":"“', '"}'),
  ),
  'json of 50 MB of records in one': late('records.json', () => filled(50e6, RECORD, '{"rows":[', '{"text":"Aye"}]}')),
  'jsonl of 120 MB of brackets': late('deep.jsonl', () => filled(120e6, '[', '{"a":')),
  'jsonl of 120 MB of lists': late('lists.jsonl', () => filled(120e6, '[],', '{"a":[', '1]}\n')),
  'json of 256 MB of numbers': late('numbers.json', () => filled(256 * MiB, '1,', '[', '1]')),
  'json of 256 MB in a text': late('text.json', () => filled(256 * MiB, 'Aye ', '[{"text":"', '"}]')),
  'json of 50 MB of records': late('records.json', () => filled(50e6, RECORD, '[', '{"text":"Aye"}]')),
};
