/** Of UTF-8: the first byte of the character that has the byte `at`, which is kept within it. */
export function characterStart(utf8: Uint8Array, at: number): number {
  let start = Math.min(Math.max(at, 0), utf8.length);
  while (start > 0 && start < utf8.length && (utf8[start]! & 0xc0) === 0x80) start--;
  return start;
}
