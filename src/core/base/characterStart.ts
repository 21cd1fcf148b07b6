/** Index of the first byte of the UTF-8 character that contains byte `at`. Clamps `at` to the text. */
export function characterStart(utf8: Uint8Array, at: number): number {
  let start = Math.min(Math.max(at, 0), utf8.length);
  while (start > 0 && start < utf8.length && (utf8[start]! & 0xc0) === 0x80) start--;
  return start;
}
