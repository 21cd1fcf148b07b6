/**
 * Joins pages into a text: removes running headers and footers, joins lines to paragraphs, and rejoins words split at
 * line ends.
 */
import { extentOf, type Line, median } from './layout';

/** Blocks of lines on a page, in reading order. */
type Page = readonly (readonly Line[])[];

export function textOfPages(pages: readonly Page[]): string {
  const pagesWithoutHeaders = withoutHeadersAndFooters(pages);
  const hyphenatedWords = new Set(
    pagesWithoutHeaders.flatMap((page) =>
      page.flatMap((block) => block.flatMap(({ text }) => text.match(HYPHENATED) ?? [])),
    ),
  );
  const paragraphs: Paragraph[] = [];
  /** Whether the last paragraph continues in the next block. */
  let isContinued = false;
  for (const block of pagesWithoutHeaders.flat()) {
    const { left, right } = extentOf(block);
    const gaps = block.slice(1).map(({ y }, i) => block[i]!.y - y);
    const medianGap = median(gaps);
    for (const [i, line] of block.entries()) {
      const text = line.text.trim();
      const previous = block[i - 1];
      const startsParagraph =
        previous !== undefined &&
        (previous.y - line.y > 1.4 * medianGap ||
          Math.abs(previous.size - line.size) > 0.15 * line.size ||
          line.x > previous.x + 0.8 * line.size);
      if (isContinued && !startsParagraph && paragraphs.length > 0) paragraphs.at(-1)!.add(text, hyphenatedWords);
      else paragraphs.push(new Paragraph(text));
      // A line that ends early is the last of its paragraph, or a line of a list or a poem.
      isContinued = line.end > right - MAX_RAGGEDNESS * (right - left) && block.length > 1 && !text.includes('\t');
    }
  }
  return paragraphs
    .map((paragraph) => paragraph.text())
    .filter((text) => text !== '')
    .join('\n')
    .replaceAll('\u00ad', '');
}
/** Maximum share by which a line that continues in the next column may be shorter than its column. */
const MAX_RAGGEDNESS = 0.2;
/** Matches only at the start of a word, because starting at each letter would take quadratic time for a long word. */
const HYPHENATED = /(?<!\p{L})\p{L}{2,}-\p{L}{2,}/gu;

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
  add(line: string, hyphenatedWords: ReadonlySet<string>): void {
    const wordStart = /(\p{L}+)[-\u2010\u00ad]$/u.exec(this.tail)?.[1];
    const wordEnd = /^\p{Ll}\p{L}*/u.exec(line.slice(0, MAX_WORD_LENGTH))?.[0];
    if (wordStart === undefined || wordEnd === undefined) this.push(` ${line}`);
    else {
      if (!hyphenatedWords.has(`${wordStart}-${wordEnd}`)) {
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
function withoutHeadersAndFooters(pages: readonly Page[]): readonly Page[] {
  const counts = new Map<string, number>();
  const edgeLines = pages.map(edgeLinesOf);
  for (const page of edgeLines)
    for (const form of new Set([...page.values()])) counts.set(form, (counts.get(form) ?? 0) + 1);
  const minCount = Math.max(MIN_PAGES, 0.3 * pages.length);
  const isRunning = (form: string | undefined): boolean => form !== undefined && counts.get(form)! >= minCount;
  return pages.map((page, i) =>
    page
      .map((block) => block.filter((line) => !isRunning(edgeLines[i]!.get(line))))
      .filter((block) => block.length > 0),
  );
}
const MIN_PAGES = 3;
/** Lines at each end of a page. */
const EDGE_LINES = 2;

/** Normalized text of a page's outermost lines, with numbers replaced. */
function edgeLinesOf(page: Page): ReadonlyMap<Line, string> {
  const ordered = page.flat().toSorted((a, b) => b.y - a.y);
  const outermost = new Set([...ordered.slice(0, EDGE_LINES), ...ordered.slice(-EDGE_LINES)]);
  return new Map(
    [...outermost].map((line) => [
      line,
      line.text
        .toLowerCase()
        .replace(/\d+|\b[ivxlc]+\b/g, '#')
        .replace(/\s+/g, ' ')
        .trim(),
    ]),
  );
}
