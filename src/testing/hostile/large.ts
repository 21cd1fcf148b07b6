/** Files at their readers' size limits, with many small items or one large item. */
import { type Hostile, lazyFile, utf8 } from './made';

const MiB = 2 ** 20;

/** Repeats a unit between a head and an end, up to a total size in bytes. */
function repeated(size: number, unit: string, head = '', end = ''): Uint8Array {
  const [headBytes, unitBytes, endBytes] = [utf8(head), utf8(unit), utf8(end)];
  const count = Math.floor((size - headBytes.length - endBytes.length) / unitBytes.length);
  const bytes = new Uint8Array(headBytes.length + count * unitBytes.length + endBytes.length);
  bytes.set(headBytes);
  if (count > 0) bytes.set(unitBytes, headBytes.length);
  let filledTo = headBytes.length + unitBytes.length;
  for (const end = headBytes.length + count * unitBytes.length; filledTo < end;) {
    const length = Math.min(filledTo - headBytes.length, end - filledTo);
    bytes.copyWithin(filledTo, headBytes.length, headBytes.length + length);
    filledTo += length;
  }
  bytes.set(endBytes, headBytes.length + count * unitBytes.length);
  return bytes;
}

/** `{"00000000":0,"10000000":0,` and so on; each name contains its number. */
function namesOf(size: number, unit = '"00000000":0,', before = '{', after = '"a":"Aye"}'): Uint8Array {
  const bytes = repeated(size, unit, before, after);
  const headBytes = before.length + unit.indexOf('0');
  for (
    let position = headBytes, i = 0;
    position + unit.length < bytes.length - after.length;
    position += unit.length, i++
  )
    for (let digit = 0, remaining = i; digit < 8; digit++, remaining = Math.floor(remaining / 10))
      bytes[position + digit] = 48 + (remaining % 10);
  return bytes;
}

const MAIL = 'From: Ann <a@b>\nSubject: Aye\n\n';
const attached = (head: string): string =>
  `Content-Type: multipart/mixed; boundary=b\n${MAIL}--b\nContent-Type: text/plain\n\nAye\n--b\nContent-Type: image/png\n${head}\n\n`;
const LINE = 'Aye, aye, captain of the ship, said he, and went to sea in her.';
const RECORD = `{"id":12345,"author":{"name":"Ann","age":31},"tags":["sea","whale"],"text":"${'Call me Ishmael, said he, some years ago. '.repeat(8)}"},\n`;

export const LARGE: Hostile = {
  'eml of 400,000 quoted lines': lazyFile('quotes.eml', () =>
    repeated(13 * 200_000 + 100, 'Ann wrote:\n> a\n', MAIL, 'Aye'),
  ),
  'eml of 64 MB in one line': lazyFile('line.eml', () => repeated(64 * MiB, 'Aye ', MAIL)),
  'eml of 32 MB of letters': lazyFile('letters.eml', () => repeated(32 * MiB, `${LINE}\n`, MAIL)),
  'eml of 64 MB attached': lazyFile('attached.eml', () =>
    repeated(64 * MiB, `${'QWVQ'.repeat(19)}\n`, attached('Content-Transfer-Encoding: base64'), '--b--'),
  ),
  'eml of 64 MB of boundaries': lazyFile('boundaries.eml', () => repeated(64 * MiB, '--b\n\n', attached(''))),
  'eml of 64 MB of dashes': lazyFile('dashes.eml', () => repeated(64 * MiB, '--\n', attached(''))),
  'eml of 64 MB in quoted-printable': lazyFile('printable.eml', () =>
    repeated(64 * MiB, 'a=\n', `Content-Transfer-Encoding: quoted-printable\n${MAIL}`),
  ),
  'html of 32 MB in a paragraph': lazyFile('paragraph.html', () => repeated(32 * MiB, 'Aye, aye, captain. ', '<p>')),
  'html of 32 MB in paragraphs of 1 MB': lazyFile('paragraphs.html', () =>
    repeated(32 * MiB, `<p>${'Aye, aye, captain. '.repeat(2 ** 20 / 19)}`),
  ),
  'html of 32 MB of characters': lazyFile('characters.html', () => repeated(32 * MiB, '&#65;', '<p>')),
  'html of 16 MB of paragraphs': lazyFile('paragraphs.html', () =>
    repeated(16 * MiB, '<p>Call me Ishmael. Some years ago, never mind how long precisely, I went to sea.</p>\n'),
  ),
  'html of 32 MB of elements': lazyFile('elements.html', () => repeated(32 * MiB, '<b>a')),
  'json of 256 MB of brackets': lazyFile('deep.json', () => repeated(256 * MiB, '[')),
  'json of 256 MB of small objects in one': lazyFile('objects.json', () =>
    repeated(256 * MiB, '{"a":1},', '{"a":[', '{"a":1}]}'),
  ),
  'json of 16 MB of names': lazyFile('names.json', () => namesOf(16 * MiB)),
  'json of 100 MB in a text of one': lazyFile('text.json', () => repeated(100e6, 'Aye ', '{"text":"', '"}')),
  'json of 256 MB in a text of one': lazyFile('text.json', () => repeated(255 * MiB, 'Aye ', '{"text":"', '"}')),
  'json of 60 MB of names that no object repeats': lazyFile('names.json', () =>
    namesOf(60e6, '{"00000000":0},', '{"rows":[', '{"a":"Aye"}]}'),
  ),
  'jsonl of 128 MB in a text of one, with a quote': lazyFile('text.jsonl', () =>
    repeated(128 * MiB, 'Aye ', '{"text":"“', '"}'),
  ),
  'json of 50 MB of records in one': lazyFile('records.json', () =>
    repeated(50e6, RECORD, '{"rows":[', '{"text":"Aye"}]}'),
  ),
  'jsonl of 120 MB of brackets': lazyFile('deep.jsonl', () => repeated(120e6, '[', '{"a":')),
  'jsonl of 120 MB of lists': lazyFile('lists.jsonl', () => repeated(120e6, '[],', '{"a":[', '1]}\n')),
  'json of 256 MB of numbers': lazyFile('numbers.json', () => repeated(256 * MiB, '1,', '[', '1]')),
  'json of 256 MB in a text': lazyFile('text.json', () => repeated(256 * MiB, 'Aye ', '[{"text":"', '"}]')),
  'json of 50 MB of records': lazyFile('records.json', () => repeated(50e6, RECORD, '[', '{"text":"Aye"}]')),
};
