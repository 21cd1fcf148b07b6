/**
 * Repairs UTF-8 that was decoded with the wrong encoding. Source: fix_encoding of ftfy 6.3.1.
 * @license
 * The repair of mojibake is derived from ftfy, and changed. Copyright 2023 Robyn Speer. Licensed under the Apache License,
 * Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
 */
import { isBad } from './badness';
import { CODECS, encode, fromC1, decodeUtf8 } from './codecs';
import { A_GRAVE, LOOKS_LIKE_UTF8, LOSSY, WITH_A_SPACE } from './sequences';

/** Fixes a line until nothing more changes. */
export function fixEncoding(line: string): string {
  for (let text = line; ;) {
    const fixed = fixOnce(text);
    if (fixed === text) return text;
    text = fixed;
  }
}

function fixOnce(text: string): string {
  if (!isBad(text)) return text;
  for (const codec of CODECS) {
    let bytes = encode(text, codec);
    if (bytes === undefined) continue;
    // In Mac Roman, the pattern is a dash and a space.
    if (codec.name !== 'macintosh') bytes = restoreSpaces(bytes);
    if (codec.isSloppy) bytes = bytes.replace(LOSSY, '\xef\xbf\xbd');
    const decoded = decodeUtf8(bytes);
    if (decoded !== undefined) return decoded;
  }
  // Only parts were misread: fixes those that look like UTF-8.
  const partlyFixed = text.replace(LOOKS_LIKE_UTF8, (part) =>
    part.length < text.length && isBad(part) ? fixEncoding(part) : part,
  );
  if (partlyFixed !== text) return partlyFixed;
  // Fixes Windows-1252 that was decoded as Latin-1.
  return text.replace(/[\x80-\x9f]/g, fromC1);
}

function restoreSpaces(bytes: string): string {
  if (bytes.search(WITH_A_SPACE) < 0) return bytes;
  return bytes.replace(A_GRAVE, '\xc3\xa0 ').replace(WITH_A_SPACE, (altered) => altered.replaceAll(' ', '\xa0'));
}
