/** Decodes names of ZIP entries: PKWARE APPNOTE 6.3, 4.4.2 and 4.6.9, and appendix D. */
import { CP437, inCodePage, WINDOWS_1252 } from './codePages';
import { crc32 } from './crc32';

/**
 * Decodes a name. Many programs write UTF-8 without its flag, and valid UTF-8 is rarely anything else. Otherwise,
 * programs of DOS and Windows use the DOS code page.
 * @param host the system that made the entry, from the directory
 * @param extra its extra fields
 */
export function zipName(bytes: Uint8Array, host: number, extra: Uint8Array): string {
  const name = distinctName(bytes, extra) ?? utf8(bytes) ?? inCodePage(bytes, OF_DOS.has(host) ? CP437 : WINDOWS_1252);
  return name.replaceAll('\\', '/');
}
/** FAT, OS/2's HPFS, NTFS, VFAT. */
const OF_DOS = new Set([0, 6, 11, 14]);

/** The UTF-8 name from the extra field, if its checksum matches this name. */
function distinctName(bytes: Uint8Array, extra: Uint8Array): string | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0, length; at + 4 <= extra.length; at += 4 + length) {
    length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) !== UNICODE_PATH || length < 6 || at + 4 + length > extra.length) continue;
    if (extra[at + 4] !== 1 || view.getUint32(at + 5, true) !== crc32(bytes)) continue;
    return utf8(extra.subarray(at + 9, at + 4 + length));
  }
  return undefined;
}
const UNICODE_PATH = 0x7075;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
