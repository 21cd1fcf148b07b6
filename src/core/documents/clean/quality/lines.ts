/** Visits lines as split by Python's str.splitlines, as in datatrove. The line end lies between `end` and `next`. */
export function eachLine(text: string, visit: (start: number, end: number, next: number) => void): void {
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x1e ? code !== 0x85 && code !== 0x2028 && code !== 0x2029 : !ENDS[code]) continue;
    const end = at;
    if (code === 0x0d && text.charCodeAt(at + 1) === 0x0a) at++;
    visit(start, end, at + 1);
    start = at + 1;
  }
  if (start < text.length) visit(start, text.length, text.length);
}
const ENDS = Array.from({ length: 0x1f }, (_, code) => (code >= 0x0a && code <= 0x0d) || code >= 0x1c);

/** Counts non-overlapping occurrences. */
export function countOf(text: string, part: string): number {
  let n = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) n++;
  return n;
}
