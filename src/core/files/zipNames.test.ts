/** Entry names as old and new programs write them. */
import { expect, test } from 'vitest';
import { CP437, inCodePage, WINDOWS_1252 } from './codePages';
import { crc32 } from './crc32';
import { zipName } from './zipNames';

const [DOS, UNIX, NTFS] = [0, 3, 11];
const NONE = new Uint8Array();
const utf8 = (text: string) => new TextEncoder().encode(text);
/** Extra fields: an unknown one, then the UTF-8 name with the checksum of `of`. */
function apart(name: string, of: Uint8Array): Uint8Array {
  const bytes = utf8(name);
  const extra = new Uint8Array(6 + 9 + bytes.length);
  const view = new DataView(extra.buffer);
  view.setUint16(0, 0x5455, true);
  view.setUint16(2, 2, true);
  view.setUint16(6, 0x7075, true);
  view.setUint16(8, 5 + bytes.length, true);
  extra[10] = 1;
  view.setUint32(11, crc32(of), true);
  extra.set(bytes, 15);
  return extra;
}

test.each([
  // `Übergröße\ü.txt` as DOS and Windows write it.
  [Uint8Array.of(0x9a, 0x62, 0x65, 0x72, 0x67, 0x72, 0x94, 0xe1, 0x65, 0x5c, 0x81), DOS, 'Übergröße/ü'],
  [Uint8Array.of(0x63, 0x61, 0x66, 0x82), NTFS, 'café'],
  // Written on a system with Latin-1 or Windows-1252.
  [Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x92), UNIX, 'café’'],
  [utf8('naïve – Ω.txt'), DOS, 'naïve – Ω.txt'],
  [utf8('naïve – Ω.txt'), UNIX, 'naïve – Ω.txt'],
])('%j of %i is %s', (bytes, host, name) => {
  expect(zipName(bytes, host, NONE)).toBe(name);
});

test('uses the UTF-8 name from the extra field, unless it belongs to another name', () => {
  const bytes = Uint8Array.of(0x3f, 0x82);
  expect(zipName(bytes, DOS, apart('Ωé', bytes))).toBe('Ωé');
  expect(zipName(bytes, DOS, apart('Ωé', utf8('renamed')))).toBe('?é');
  expect(zipName(bytes, DOS, apart('Ωé', bytes).subarray(0, 14))).toBe('?é');
});

test('the tables equal those of TextDecoder', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  // As a stream: without it, Node up to 24 decodes Latin-1.
  expect(inCodePage(all, WINDOWS_1252)).toBe(new TextDecoder('windows-1252').decode(all, { stream: true }));
  expect([CP437.length, WINDOWS_1252.length]).toEqual([128, 128]);
  expect(new Set(CP437).size).toBe(128);
});
