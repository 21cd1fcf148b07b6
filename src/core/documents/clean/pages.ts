/**
 * Finds page borders, headers and footers. These are lines at the same position on consecutive pages that are equal
 * except for numbers. Reconstructs from text lines what a reader sees on paper.
 */
import { fillLineKey, newKey } from './lines';

/** Maximum distance of a header or footer from the page border, in nonblank lines. */
const ZONE = 3;
/** Maximum distance of pages with the same header. Left and right pages alternate; a chapter's first page has none. */
const MAX_PAGE_DISTANCE = 4;
/** Lines per page, if only page numbers mark the borders: sonnets have fewer, chapters more. */
const [MIN_PAGE_LENGTH, MAX_PAGE_LENGTH] = [25, 150];
/** Maximum length of a header. */
const MAX_HEADER_LENGTH = 120;
/** In longer documents, searches only these first lines: about 100 MB of memory at most. */
const MAX_LINES = 4e6;

const BLANK = 0;
const NOT_A_HEADER = -1;
/** Flags of the lines before and after a page border that a sentence may cross. */
const ENDS_OPEN = 1;
const BEGINS_LOWER = 2;

/** Matches a line. Lines end at \n, and at \f, after which a page begins. */
export const LINE = /[^\n\f]*[\n\f]|[^\n\f]+/g;

interface NumberedLine {
  line: number;
  number: number;
}

export class Pages {
  private lines = 0;
  /** Per line: its hash, or a mark for a blank or an ordinary line; and flags of its start and end. */
  private keys = new Int32Array(256);
  private ends = new Uint8Array(256);
  /** First line of each page except the first. */
  private readonly starts: number[] = [];
  /** Pairs of values: a line with exactly one number, and that number. */
  private numbered = new Int32Array(256);
  private numberedLength = 0;
  /** Whether the current page has a nonblank line. */
  private hasText = false;
  private readonly key = newKey();

  /** Adds a passage of the document, in order. */
  see(passage: string): void {
    for (const [line] of passage.matchAll(LINE)) {
      if (this.lines === MAX_LINES) return;
      const index = this.lines++;
      if (index === this.keys.length) [this.keys, this.ends] = [doubled(this.keys), doubled(this.ends)];
      const text = line.trim();
      this.keys[index] = this.lineKey(text, index);
      this.ends[index] =
        (/^[^.!?:;"”’)»\d]/.test(text.slice(-1)) ? ENDS_OPEN : 0) | (/^\p{Ll}/u.test(text) ? BEGINS_LOWER : 0);
      if (text !== '') this.hasText = true;
      if (!line.endsWith('\f')) continue;
      // Skips blank pages.
      if (this.hasText) this.starts.push(index + 1);
      else if (this.starts.length > 0) this.starts[this.starts.length - 1] = index + 1;
      this.hasText = false;
    }
  }

  private lineKey(text: string, index: number): number {
    if (text === '') return BLANK;
    if (text.length > MAX_HEADER_LENGTH) return NOT_A_HEADER;
    const numbers = text.replace(ROMAN, (letters) => String(fromRoman(letters) || letters));
    fillLineKey(numbers, this.key);
    const hash = this.key.first | 0;
    const key = hash === BLANK || hash === NOT_A_HEADER ? 1 : hash;
    // Ornaments repeat on many pages, but aren't headers.
    if (!this.key.hasLetter && !this.key.hasDigit) return NOT_A_HEADER;
    const [number, ...otherNumbers] = this.key.hasDigit ? numbers.match(/\d+/g)!.map(Number) : [];
    if (number !== undefined && otherNumbers.length === 0 && number < 1e5) {
      if (this.numberedLength === this.numbered.length) this.numbered = doubled(this.numbered);
      this.numbered[this.numberedLength++] = index;
      this.numbered[this.numberedLength++] = number;
    }
    return key;
  }

  /**
   * Marks the lines to remove with 1: headers and footers, and blank lines within a sentence.
   * @param min pages that must share a header
   */
  linesToRemove(min: number): Uint8Array {
    const removed = new Uint8Array(this.lines);
    const borders = this.starts.length >= min - 1 ? this.starts : this.bordersByNumbers(min, removed);
    if (borders.length === 0) return removed;
    const before = borders.map((border) => this.linesNear(border - 1, -1, removed));
    const after = borders.map((border) => this.linesNear(border, 1, removed));
    // The document also begins with a header and ends with a footer.
    if (borders === this.starts) {
      after.unshift(this.linesNear(0, 1, removed));
      before.push(this.linesNear(this.lines - 1, -1, removed));
    }
    for (const side of [before, after]) this.markRepeated(side, min, removed);
    let nextKept = 0;
    for (const border of borders) if (border > nextKept) nextKept = this.joinAcross(border, removed);
    return removed;
  }

  /** Next nonblank lines from `from`, downwards or upwards. */
  private linesNear(from: number, direction: 1 | -1, removed: Uint8Array): readonly number[] {
    const indices: number[] = [];
    for (let index = from; indices.length < ZONE && index >= 0 && index < this.lines; index += direction)
      if (this.keys[index] !== BLANK && removed[index] === 0) indices.push(index);
    return indices;
  }

  /** @param zones lines at one border of each page, in order */
  private markRepeated(zones: readonly (readonly number[])[], min: number, removed: Uint8Array): void {
    /** By hash: the last page with the line, and the lines of the current run of pages. */
    const runs = new Map<number, { page: number; pages: number; lines: number[] }>();
    zones.forEach((lines, page) => {
      for (const line of lines) {
        const key = this.keys[line]!;
        if (key === NOT_A_HEADER) continue;
        let run = runs.get(key);
        if (!run || page - run.page > MAX_PAGE_DISTANCE) runs.set(key, (run = { page, pages: 1, lines: [] }));
        if (run.page !== page) run.pages++;
        run.page = page;
        run.lines.push(line);
        if (run.pages < min) continue;
        for (const runLine of run.lines) removed[runLine] = 1;
        run.lines = [];
      }
    });
  }

  /**
   * Finds page borders without form feeds: lines that are equal except for one number, which rises by one per page.
   * Four in five pages must have about the same length. Marks these lines for removal. -> the lines after them
   */
  private bordersByNumbers(min: number, removed: Uint8Array): readonly number[] {
    const borders: number[] = [];
    for (const lines of this.groupNumbered(min)) {
      for (const chain of pageNumberChains(lines)) {
        if (chain.length < min || !isRegular(chain)) continue;
        for (const { line } of chain) {
          removed[line] = 1;
          borders.push(line + 1);
        }
      }
    }
    return borders.sort((a, b) => a - b);
  }

  /**
   * Groups lines with one number that are equal except for it. Most groups have one line, so counts by hash rule those
   * out first.
   */
  private groupNumbered(min: number): Iterable<readonly NumberedLine[]> {
    const { numbered, numberedLength, keys } = this;
    const counts = new Uint16Array(2 ** 20);
    const slotOf = (key: number): number => (key ^ (key >>> 12)) & (counts.length - 1);
    for (let i = 0; i < numberedLength; i += 2) {
      const slot = slotOf(keys[numbered[i]!]!);
      if (counts[slot]! < min) counts[slot]!++;
    }
    const groups = new Map<number, NumberedLine[]>();
    for (let i = 0; i < numberedLength; i += 2) {
      const [line, number] = [numbered[i]!, numbered[i + 1]!];
      const key = keys[line]!;
      if (counts[slotOf(key)]! < min) continue;
      const group = groups.get(key);
      if (group) group.push({ line, number });
      else groups.set(key, [{ line, number }]);
    }
    return [...groups.values()].filter(({ length }) => length >= min);
  }

  /** Removes the blank lines and form feed at a border within a sentence. -> the next line that stays */
  private joinAcross(border: number, removed: Uint8Array): number {
    let last = border - 1;
    while (last >= 0 && (this.keys[last] === BLANK || removed[last] === 1)) last--;
    let next = border;
    while (next < removed.length && (this.keys[next] === BLANK || removed[next] === 1)) next++;
    if (last < 0 || next === removed.length) return next;
    if (this.ends[last]! & ENDS_OPEN && this.ends[next]! & BEGINS_LOWER) removed.fill(1, last + 1, next);
    return next;
  }
}

function doubled<A extends Int32Array | Uint8Array>(source: A): A {
  const target = new (source.constructor as new (length: number) => A)(2 * source.length);
  target.set(source);
  return target;
}

/** Chains of lines whose numbers count pages: each rises by four at most, at a plausible distance. */
function pageNumberChains(lines: readonly NumberedLine[]): readonly (readonly NumberedLine[])[] {
  const chainList: NumberedLine[][] = [];
  let chain: NumberedLine[] = [];
  for (const line of lines) {
    const last = chain.at(-1);
    if (last && isNext(last, line)) chain.push(line);
    else if (chain.length < 3) chainList.push((chain = [line]));
    else if (line.line - last!.line > MAX_PAGE_DISTANCE * MAX_PAGE_LENGTH) chainList.push((chain = [line]));
  }
  return chainList;
}
function isNext(last: NumberedLine, next: NumberedLine): boolean {
  const pages = next.number - last.number;
  const lines = next.line - last.line;
  return (
    pages >= 1 && pages <= MAX_PAGE_DISTANCE && lines >= pages * MIN_PAGE_LENGTH && lines <= pages * MAX_PAGE_LENGTH
  );
}
function isRegular(chain: readonly NumberedLine[]): boolean {
  const perPage = chain.slice(1).map(({ line, number }, i) => (line - chain[i]!.line) / (number - chain[i]!.number));
  const median = [...perPage].sort((a, b) => a - b)[perPage.length >> 1]!;
  return perPage.filter((lines) => Math.abs(lines - median) <= 0.3 * median).length >= 0.8 * perPage.length;
}

/** Roman numeral at either end of a line, in lowercase as in front matter; chapters use capitals. */
const ROMAN = /^[ivxlc]+(?=\s|$)|(?<=\s)[ivxlc]+$/g;

/** Value of a Roman numeral; 0 if it isn't one. */
function fromRoman(letters: string): number {
  if (!/^c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$/.test(letters)) return 0;
  const values: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100 };
  const digits = Array.from(letters, (letter) => values[letter]!);
  return digits.reduce((sum, value, i) => sum + (value < (digits[i + 1] ?? 0) ? -value : value), 0);
}
