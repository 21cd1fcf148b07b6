/** Visits lines as split by Python's str.splitlines, as in datatrove. The line end lies between `end` and `next`. */
export function eachLine(text: string, visit: (start: number, end: number, next: number) => void): void {
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x1e ? code !== 0x85 && code !== 0x2028 && code !== 0x2029 : !IS_LINE_END[code]) continue;
    const end = index;
    if (code === 0x0d && text.charCodeAt(index + 1) === 0x0a) index++;
    visit(start, end, index + 1);
    start = index + 1;
  }
  if (start < text.length) visit(start, text.length, text.length);
}
const IS_LINE_END = Array.from({ length: 0x1f }, (_, code) => (code >= 0x0a && code <= 0x0d) || code >= 0x1c);

/** Counts non-overlapping occurrences. */
export function countOf(text: string, substring: string): number {
  let count = 0;
  for (let index = text.indexOf(substring); index >= 0; index = text.indexOf(substring, index + substring.length))
    count++;
  return count;
}
