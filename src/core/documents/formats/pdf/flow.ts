/**
 * Joins pages into a text: removes running headers and footers, joins lines to paragraphs, and rejoins words split at
 * line ends.
 */
import { extentOf, type Line, median } from './layout';

/** Blocks of lines on a page, in reading order. */
type Page = readonly (readonly Line[])[];

export function textOfPages(pages: readonly Page[]): string {
  const own = withoutRunning(pages);
  const hyphened = new Set(
    own.flatMap((page) => page.flatMap((block) => block.flatMap(({ text }) => text.match(HYPHENED) ?? []))),
  );
  const paragraphs: Paragraph[] = [];
  /** Whether the last paragraph continues in the next block. */
  let isOpen = false;
  for (const block of own.flat()) {
    const { from, to } = extentOf(block);
    const gaps = block.slice(1).map(({ y }, i) => block[i]!.y - y);
    const usual = median(gaps);
    for (const [i, line] of block.entries()) {
      const text = line.text.trim();
      const before = block[i - 1];
      const isApart =
        before !== undefined &&
        (before.y - line.y > 1.4 * usual ||
          Math.abs(before.size - line.size) > 0.15 * line.size ||
          line.x > before.x + 0.8 * line.size);
      if (isOpen && !isApart && paragraphs.length > 0) paragraphs.at(-1)!.add(text, hyphened);
      else paragraphs.push(new Paragraph(text));
      // A line that ends early is the last of its paragraph, or a line of a list or a poem.
      isOpen = line.end > to - RAGGED * (to - from) && block.length > 1 && !text.includes('\t');
    }
  }
  return paragraphs
    .map((paragraph) => paragraph.text())
    .filter((text) => text !== '')
    .join('\n')
    .replaceAll('\u00ad', '');
}
/** Maximum share by which a line that continues in the next column may be shorter than its column. */
const RAGGED = 0.2;
/** Matches only at the start of a word, because starting at each letter would take quadratic time for a long word. */
const HYPHENED = /(?<!\p{L})\p{L}{2,}-\p{L}{2,}/gu;

/** Collects lines and joins them once, because inspecting the end of a growing string would copy it for each line. */
class Paragraph {
  private readonly pieces: string[];
  /** Last characters of all pieces together. */
  private tail: string;

  constructor(line: string) {
    this.pieces = [line];
    this.tail = line.slice(-MAX_WORD_LENGTH);
  }

  /** Adds a line; rejoins a word that was split at the line end, unless it is hyphenated elsewhere. */
  add(line: string, hyphened: ReadonlySet<string>): void {
    const start = /(\p{L}+)[-\u2010\u00ad]$/u.exec(this.tail)?.[1];
    const end = /^\p{Ll}\p{L}*/u.exec(line.slice(0, MAX_WORD_LENGTH))?.[0];
    if (start === undefined || end === undefined) this.push(` ${line}`);
    else {
      if (!hyphened.has(`${start}-${end}`)) {
        this.pieces.push(this.pieces.pop()!.slice(0, -1));
        this.tail = this.tail.slice(0, -1);
      }
      this.push(line);
    }
  }

  text(): string {
    return this.pieces.join('');
  }

  private push(piece: string): void {
    this.pieces.push(piece);
    this.tail = `${this.tail}${piece.slice(-MAX_WORD_LENGTH)}`.slice(-MAX_WORD_LENGTH);
  }
}
const MAX_WORD_LENGTH = 60;

/** Removes lines at the top and bottom that repeat on many pages except for numbers, and page numbers. */
function withoutRunning(pages: readonly Page[]): readonly Page[] {
  const seen = new Map<string, number>();
  const edges = pages.map(edgesOf);
  for (const page of edges) for (const form of new Set([...page.values()])) seen.set(form, (seen.get(form) ?? 0) + 1);
  const max = Math.max(MIN_PAGES, 0.3 * pages.length);
  const isRunning = (form: string | undefined): boolean => form !== undefined && seen.get(form)! >= max;
  return pages.map((page, i) =>
    page.map((block) => block.filter((line) => !isRunning(edges[i]!.get(line)))).filter((block) => block.length > 0),
  );
}
const MIN_PAGES = 3;
/** Lines at each end of a page. */
const EDGE = 2;

/** Normalized text of a page's outermost lines, with numbers replaced. */
function edgesOf(page: Page): ReadonlyMap<Line, string> {
  const ordered = page.flat().toSorted((a, b) => b.y - a.y);
  const outer = new Set([...ordered.slice(0, EDGE), ...ordered.slice(-EDGE)]);
  return new Map(
    [...outer].map((line) => [
      line,
      line.text
        .toLowerCase()
        .replace(/\d+|\b[ivxlc]+\b/g, '#')
        .replace(/\s+/g, ' ')
        .trim(),
    ]),
  );
}
