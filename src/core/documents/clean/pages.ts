/**
 * Finds page borders, headers and footers. These are lines at the same position on consecutive pages that are equal
 * except for numbers. Reconstructs from text lines what a reader sees on paper.
 */
import { keyOfLine, newKey } from './lines';

/** Maximum distance of a header or footer from the page border, in nonblank lines. */
const ZONE = 3;
/** Maximum distance of pages with the same header. Left and right pages alternate; a chapter's first page has none. */
const FARTHEST = 4;
/** Lines per page, if only page numbers mark the borders: sonnets have fewer, chapters more. */
const [SHORTEST, MAX_LENGTH] = [25, 150];
/** Maximum length of a header. */
const MAX_HEAD_LENGTH = 120;
/** In longer documents, searches only these first lines: about 100 MB of memory at most. */
const MAX_LINES = 4e6;

const BLANK = 0;
const NO_HEAD = -1;
/** Flags of the lines before and after a page border that a sentence may cross. */
const ENDS_OPEN = 1;
const BEGINS_LOWER = 2;

/** Matches a line. Lines end at \n, and at \f, after which a page begins. */
export const LINE = /[^\n\f]*[\n\f]|[^\n\f]+/g;

interface Numbered {
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
      const at = this.lines++;
      if (at === this.keys.length) [this.keys, this.ends] = [longer(this.keys), longer(this.ends)];
      const text = line.trim();
      this.keys[at] = this.keyOf(text, at);
      this.ends[at] =
        (/^[^.!?:;"”’)»\d]/.test(text.slice(-1)) ? ENDS_OPEN : 0) | (/^\p{Ll}/u.test(text) ? BEGINS_LOWER : 0);
      if (text !== '') this.hasText = true;
      if (!line.endsWith('\f')) continue;
      // Skips blank pages.
      if (this.hasText) this.starts.push(at + 1);
      else if (this.starts.length > 0) this.starts[this.starts.length - 1] = at + 1;
      this.hasText = false;
    }
  }

  private keyOf(text: string, at: number): number {
    if (text === '') return BLANK;
    if (text.length > MAX_HEAD_LENGTH) return NO_HEAD;
    const numbers = text.replace(ROMAN, (letters) => String(fromRoman(letters) || letters));
    keyOfLine(numbers, this.key);
    const hash = this.key.first | 0;
    const key = hash === BLANK || hash === NO_HEAD ? 1 : hash;
    // Ornaments repeat on many pages, but aren't headers.
    if (!this.key.hasLetter && !this.key.hasDigit) return NO_HEAD;
    const [number, ...more] = this.key.hasDigit ? numbers.match(/\d+/g)!.map(Number) : [];
    if (number !== undefined && more.length === 0 && number < 1e5) {
      if (this.numberedLength === this.numbered.length) this.numbered = longer(this.numbered);
      this.numbered[this.numberedLength++] = at;
      this.numbered[this.numberedLength++] = number;
    }
    return key;
  }

  /**
   * Marks the lines to remove with 1: headers and footers, and blank lines within a sentence.
   * @param min pages that must share a header
   */
  heads(min: number): Uint8Array {
    const gone = new Uint8Array(this.lines);
    const borders = this.starts.length >= min - 1 ? this.starts : this.bordersByNumbers(min, gone);
    if (borders.length === 0) return gone;
    const before = borders.map((border) => this.zone(border - 1, -1, gone));
    const after = borders.map((border) => this.zone(border, 1, gone));
    // The document also begins with a header and ends with a footer.
    if (borders === this.starts) {
      after.unshift(this.zone(0, 1, gone));
      before.push(this.zone(this.lines - 1, -1, gone));
    }
    for (const side of [before, after]) this.markRepeated(side, min, gone);
    let kept = 0;
    for (const border of borders) if (border > kept) kept = this.putTogether(border, gone);
    return gone;
  }

  /** Next nonblank lines from `from`, downwards or upwards. */
  private zone(from: number, by: 1 | -1, gone: Uint8Array): readonly number[] {
    const found: number[] = [];
    for (let at = from; found.length < ZONE && at >= 0 && at < this.lines; at += by)
      if (this.keys[at] !== BLANK && gone[at] === 0) found.push(at);
    return found;
  }

  /** @param zones lines at one border of each page, in order */
  private markRepeated(zones: readonly (readonly number[])[], min: number, gone: Uint8Array): void {
    /** By hash: the last page with the line, and the lines of the current run of pages. */
    const runs = new Map<number, { page: number; pages: number; lines: number[] }>();
    zones.forEach((lines, page) => {
      for (const line of lines) {
        const key = this.keys[line]!;
        if (key === NO_HEAD) continue;
        let run = runs.get(key);
        if (!run || page - run.page > FARTHEST) runs.set(key, (run = { page, pages: 1, lines: [] }));
        if (run.page !== page) run.pages++;
        run.page = page;
        run.lines.push(line);
        if (run.pages < min) continue;
        for (const each of run.lines) gone[each] = 1;
        run.lines = [];
      }
    });
  }

  /**
   * Finds page borders without form feeds: lines that are equal except for one number, which rises by one per page.
   * Four in five pages must have about the same length. Marks these lines for removal. -> the lines after them
   */
  private bordersByNumbers(min: number, gone: Uint8Array): readonly number[] {
    const borders: number[] = [];
    for (const lines of this.numberedAlike(min)) {
      for (const chain of chains(lines)) {
        if (chain.length < min || !isRegular(chain)) continue;
        for (const { line } of chain) {
          gone[line] = 1;
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
  private numberedAlike(min: number): Iterable<readonly Numbered[]> {
    const { numbered, numberedLength, keys } = this;
    const counts = new Uint16Array(2 ** 20);
    const placeOf = (key: number): number => (key ^ (key >>> 12)) & (counts.length - 1);
    for (let i = 0; i < numberedLength; i += 2) {
      const place = placeOf(keys[numbered[i]!]!);
      if (counts[place]! < min) counts[place]!++;
    }
    const alike = new Map<number, Numbered[]>();
    for (let i = 0; i < numberedLength; i += 2) {
      const [line, number] = [numbered[i]!, numbered[i + 1]!];
      const key = keys[line]!;
      if (counts[placeOf(key)]! < min) continue;
      const others = alike.get(key);
      if (others) others.push({ line, number });
      else alike.set(key, [{ line, number }]);
    }
    return [...alike.values()].filter(({ length }) => length >= min);
  }

  /** Removes the blank lines and form feed at a border within a sentence. -> the next line that stays */
  private putTogether(border: number, gone: Uint8Array): number {
    let last = border - 1;
    while (last >= 0 && (this.keys[last] === BLANK || gone[last] === 1)) last--;
    let next = border;
    while (next < gone.length && (this.keys[next] === BLANK || gone[next] === 1)) next++;
    if (last < 0 || next === gone.length) return next;
    if (this.ends[last]! & ENDS_OPEN && this.ends[next]! & BEGINS_LOWER) gone.fill(1, last + 1, next);
    return next;
  }
}

function longer<A extends Int32Array | Uint8Array>(from: A): A {
  const to = new (from.constructor as new (length: number) => A)(2 * from.length);
  to.set(from);
  return to;
}

/** Chains of lines whose numbers count pages: each rises by four at most, at a plausible distance. */
function chains(lines: readonly Numbered[]): readonly (readonly Numbered[])[] {
  const found: Numbered[][] = [];
  let chain: Numbered[] = [];
  for (const each of lines) {
    const last = chain.at(-1);
    if (last && isNext(last, each)) chain.push(each);
    else if (chain.length < 3) found.push((chain = [each]));
    else if (each.line - last!.line > FARTHEST * MAX_LENGTH) found.push((chain = [each]));
  }
  return found;
}
function isNext(last: Numbered, next: Numbered): boolean {
  const pages = next.number - last.number;
  const lines = next.line - last.line;
  return pages >= 1 && pages <= FARTHEST && lines >= pages * SHORTEST && lines <= pages * MAX_LENGTH;
}
function isRegular(chain: readonly Numbered[]): boolean {
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
  const each = Array.from(letters, (letter) => values[letter]!);
  return each.reduce((sum, value, i) => sum + (value < (each[i + 1] ?? 0) ? -value : value), 0);
}
