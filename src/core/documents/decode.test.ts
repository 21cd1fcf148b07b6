import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect, awkwardText, stream } from '../../testing/texts';
import { decodeText } from './decode';
import { propertyRuns } from '../../testing/propertyRuns';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf16 = (text: string, little: boolean): Uint8Array =>
  Uint8Array.from(units(text).flatMap((u) => (little ? [u & 255, u >> 8] : [u >> 8, u & 255])));
const units = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

async function decode(bytes: Uint8Array, cuts: readonly number[] = [], name = 'notes.txt') {
  const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const chunks = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
  const notes: string[] = [];
  const pieces = await collect(decodeText({ name, bytes: stream(chunks), note: (sentence) => notes.push(sentence) }));
  for (const { text, utf8: bytes } of pieces) if (bytes) expect(bytes).toEqual(utf8(text));
  return { text: pieces.map(({ text }) => text).join(''), notes };
}

const plain = awkwardText.filter((text) => !text.includes('\0') && !text.startsWith('\ufeff'));
const cuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 6 });

it('reads UTF-8 and UTF-16 unchanged, wherever the chunks end', async () => {
  await fc.assert(
    fc.asyncProperty(plain, fc.nat({ max: 600 }), cuts, async (random, padding, where) => {
      const text = `${'x'.repeat(padding)}${random}`;
      expect(await decode(utf8(text), where)).toEqual({ text, notes: [] });
      expect((await decode(utf8(`\ufeff${text}`), where)).text).toBe(text);
      for (const little of [true, false]) expect((await decode(utf16(`\ufeff${text}`, little), where)).text).toBe(text);
    }),
    { numRuns: propertyRuns(300) },
  );
});

it('removes one byte order mark, and notes it', async () => {
  expect(await decode(utf8('\ufeff\ufeffab'))).toEqual({
    text: '\ufeffab',
    notes: [expect.stringContaining('UTF-8 byte order mark')],
  });
  expect((await decode(utf16('\ufeffab', true))).notes).toEqual([expect.stringContaining('UTF-16 little-endian')]);
});

it('keeps line ends and control characters', async () => {
  const text = 'a\r\nb\rc\n\n\x07\x1b[0m\u2028';
  expect((await decode(utf8(text))).text).toBe(text);
});

describe('reports where a file is invalid', () => {
  const early = Uint8Array.of(...utf8('café '), 0xe9, 0x20, 0x61);
  const late = utf8(`${'x'.repeat(3_000_000)}naïve __${'y'.repeat(100)}`);
  late.set([0xc3, 0x28], 3_000_007);
  const table: [string, Uint8Array, string][] = [
    ['Windows-1252', early, 'notes.txt is not valid UTF-8: bytes E9 20 at byte 6, after "café "'],
    ['a late fault', late, 'bytes C3 28 at byte 3,000,007, after "xxxxxxxxxxxxxxxxxxnaïve "'],
    ['an overlong form', latin('a\xc0\x80'), 'bytes C0 80 at byte 1'],
    ['a surrogate in UTF-8', latin('a\xed\xa0\x80b'), 'bytes ED A0 at byte 1'],
    ['a lone surrogate in UTF-16', utf16('\ufeffa\ud800b', true), 'not valid UTF-16: bytes 00 D8 at byte 4'],
    ['a cut-off end', utf8('caf\u20ac').subarray(0, 5), 'ends inside the character that starts at byte 3'],
    ['half a unit of UTF-16', utf16('\ufeffab', true).subarray(0, 5), 'inside the character that starts at byte 4'],
  ];
  it.each(table)('%s', async (_, bytes, message) => {
    for (const where of [[], [1], [700, 701], [3_000_008]]) {
      await expect(decode(bytes, where)).rejects.toMatchObject({
        code: expect.stringMatching(/^bad-(file|encoding)$/) as string,
        message: expect.stringContaining(message) as string,
      });
    }
  });
});

describe('refuses binary files by type', () => {
  const zip = (first: string): string => `PK\x03\x04${'\0'.repeat(26)}${first}`;
  const table: [string, string, string][] = [
    ['notes.txt', '\x89PNG\r\n\x1a\n....', 'a PNG picture'],
    ['notes.txt', '%PDF-1.7', 'a PDF'],
    ['letter.docx', zip('word/document.xml'), 'a Word document'],
    ['letter.txt', zip('[Content_Types].xml'), 'an Office document'],
    ['book.txt', zip('mimetypeapplication/epub+zip'), 'an EPUB book'],
    ['all.zip', zip('a.txt'), 'a ZIP archive'],
    ['notes.txt', 'MZ\x90\0\x03', 'a Windows program'],
    ['notes.txt', '\x1f\x8b\x08', 'gzip-compressed'],
    ['notes.txt', '\x7fELF\x02', 'a Linux program'],
    ['notes.txt', '\0\0\0\x18ftypmp42', 'a video'],
    ['notes.txt', `${'a'.repeat(257)}ustar`, 'a tar archive'],
    ['notes.txt', '\xff\xfe\0\0a\0\0\0', 'UTF-32'],
    ['notes.txt', '\0\0\xfe\xff\0\0\0a', 'UTF-32'],
    ['notes.txt', 'a\0b\0c\0d\0e\0', 'UTF-16 without'],
    ['notes.txt', `${'some text '.repeat(50)}\0`, 'a binary file: 1 of its first 501'],
  ];
  it.each(table)('%s %j', async (name, bytes, kind) => {
    for (const where of [[], [2]]) {
      await expect(decode(latin(bytes), where, name)).rejects.toMatchObject({
        code: expect.stringMatching(/^bad-(file|encoding)$/) as string,
        message: expect.stringContaining(kind) as string,
        remedy: expect.stringMatching(/./) as string,
      });
    }
  });

  it('reads text that begins like a program, or has one NUL in a thousand characters', async () => {
    for (const text of ['MZ is a band.', 'BM', 'PK', 'RIFF raff', `${'x'.repeat(1200)}\0`, 'ID3 tags are fun']) {
      expect((await decode(utf8(text))).text).toBe(text);
    }
  });
});
