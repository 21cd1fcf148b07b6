/** Recovers lines, columns and paragraphs of a PDF page, which gives only the positions of letters. */

/** A run of letters; lengths in points, from the lower left corner of the page. */
export interface Run {
  text: string;
  x: number;
  /** Baseline. */
  y: number;
  width: number;
  /** Font size. */
  size: number;
}

export interface Line {
  text: string;
  x: number;
  y: number;
  /** Right edge. */
  end: number;
  size: number;
}

/** Returns lines in reading order: columns one after another, between lines that span them. */
export function linesOf(runs: readonly Run[]): readonly (readonly Line[])[] {
  return orderBlocks(joinJustified(segmentsOf(runs)), MAX_GUTTER_DEPTH).map(joinSegments);
}

/** Groups adjacent runs with at most a space between them. */
function segmentsOf(runs: readonly Run[]): Line[] {
  const segments: Line[] = [];
  let lastSegment: Line | undefined;
  /** Whether its text ends in a space; inspecting the end of a growing string would copy all of it. */
  let isSpaced = false;
  for (const { text, x, y, width, size } of runs) {
    if (text.trim() === '') {
      if (lastSegment && text !== '' && !isSpaced && Math.abs(y - lastSegment.y) < lastSegment.size / 2) {
        lastSegment.text += ' ';
        isSpaced = true;
      }
      continue;
    }
    const gap = lastSegment ? x - lastSegment.end : Infinity;
    const isOnSameLine = lastSegment && Math.abs(y - lastSegment.y) < 0.5 * Math.max(size, lastSegment.size);
    if (lastSegment && isOnSameLine && gap > -0.5 * size && gap < MAX_SPACE * Math.max(size, lastSegment.size)) {
      const space = gap > MIN_SPACE * size && !isSpaced && !text.startsWith(' ') ? ' ' : '';
      lastSegment.text += space + text;
      lastSegment.end = Math.max(lastSegment.end, x + width);
      // A superscript doesn't set the baseline.
      if (size > lastSegment.size) [lastSegment.size, lastSegment.y] = [size, y];
    } else segments.push((lastSegment = { text, x, y, end: x + width, size }));
    isSpaced = text.endsWith(' ');
  }
  return segments;
}
/** Gaps as shares of the font size. */
const MIN_SPACE = 0.15;
const MAX_SPACE = 1.2;

/**
 * Joins justified lines of narrow columns, whose spaces may be as wide as gutters. Their words are separate segments,
 * equally spaced, from the start to the end of the column's full lines.
 */
function joinJustified(segments: readonly Line[]): readonly Line[] {
  const fullLineCounts = new Map<string, number>();
  const isWord = ({ text }: Line): boolean => !text.trim().includes(' ');
  for (const { x, end } of segments.filter((segment) => !isWord(segment)))
    for (const left of new Set([Math.floor(x), Math.ceil(x)]))
      for (const right of new Set([Math.floor(end), Math.ceil(end)]))
        fullLineCounts.set(`${left} ${right}`, (fullLineCounts.get(`${left} ${right}`) ?? 0) + 1);
  const lines: Line[] = [];
  for (let i = 0; i < segments.length;) {
    const first = segments[i]!;
    let wordsEnd = i + 1;
    const gapAt = (index: number): number => segments[index]!.x - segments[index - 1]!.end;
    const isNextWord = (index: number): boolean =>
      index < segments.length &&
      isWord(segments[index]!) &&
      Math.abs(segments[index]!.y - first.y) < 0.1 * first.size &&
      gapAt(index) > 0 &&
      Math.abs(gapAt(index) - gapAt(i + 1)) < 0.1 * first.size;
    while (isWord(first) && isNextWord(wordsEnd)) wordsEnd++;
    const { end } = segments[wordsEnd - 1]!;
    const isFull = (fullLineCounts.get(`${Math.round(first.x)} ${Math.round(end)}`) ?? 0) >= MIN_LINES;
    if (isFull && wordsEnd > i + 1) {
      const text = segments.slice(i, wordsEnd).map((word) => word.text.trim());
      lines.push({ ...first, text: text.join(' '), end });
      i = wordsEnd;
    } else {
      // The last segment may start another line.
      for (const nextStart = Math.max(i + 1, wordsEnd - 1); i < nextStart; i++) lines.push(segments[i]!);
    }
  }
  return lines;
}

/** Blocks in reading order: if there is a gutter, its left side comes before its right side. */
function orderBlocks(segments: readonly Line[], depth: number): (readonly Line[])[] {
  const gutter = depth > 0 ? findGutter(segments) : null;
  if (gutter === null) return segments.length > 0 ? [segments] : [];
  const crosses = ({ x, end }: Line): boolean => x < gutter - 1 && end > gutter + 1;
  const spanning = segments.filter(crosses).sort((a, b) => b.y - a.y);
  const blocks: (readonly Line[])[] = [];
  const others = segments.filter((segment) => !crosses(segment));
  /** Indexes from top to bottom, and the number already taken. */
  const ordered = others.map((_, index) => index).sort((a, b) => others[b]!.y - others[a]!.y);
  let takenCount = 0;
  const addSides = (minY: number): void => {
    const first = takenCount;
    while (takenCount < ordered.length && others[ordered[takenCount]!]!.y > minY) takenCount++;
    const indices = ordered.slice(first, takenCount).sort((a, b) => a - b);
    const between = indices.map((index) => others[index]!);
    for (const side of [between.filter(({ x }) => x < gutter), between.filter(({ x }) => x >= gutter)])
      blocks.push(...orderBlocks(side, depth - 1));
  };
  for (let i = 0; i < spanning.length;) {
    addSides(spanning[i]!.y);
    // Spanning lines with nothing between them are one block.
    const nextY = takenCount < ordered.length ? others[ordered[takenCount]!]!.y : -Infinity;
    const start = i;
    while (i < spanning.length && spanning[i]!.y > nextY) i++;
    if (i === start) i++;
    blocks.push(spanning.slice(start, i));
  }
  addSides(-Infinity);
  return blocks;
}
const MAX_GUTTER_DEPTH = 3;

/** Middle of a strip that few segments cross and that has filled columns on both sides; null if there is none. */
function findGutter(segments: readonly Line[]): number | null {
  if (segments.length < 2 * MIN_LINES || segments.length > MAX_SEGMENTS) return null;
  const { left, right } = extentOf(segments);
  const fontSize = median(segments.map((segment) => segment.size));
  const step = fontSize / 4;
  const coverage = new Uint32Array(Math.min(2000, Math.ceil((right - left) / step) + 1));
  for (const { x, end } of segments)
    for (let i = Math.max(0, Math.floor((x - left) / step)); i < (end - left) / step && i < coverage.length; i++)
      coverage[i]!++;
  const maxSpanning = MAX_SPANNING_SHARE * segments.length;
  const strips: number[] = [];
  for (let i = 0; i < coverage.length;) {
    let end = i;
    while (end < coverage.length && coverage[end]! <= maxSpanning) end++;
    const middle = left + ((i + end) / 2) * step;
    const share = (middle - left) / (right - left);
    if (end - i >= MIN_GUTTER_CELLS && share > 0.15 && share < 0.85) strips.push(middle);
    i = Math.max(end, i) + 1;
  }
  if (strips.length > MAX_STRIPS) return null;
  const bounds = [-Infinity, ...strips, Infinity];
  const between = (first: number, last: number): Line[] =>
    segments.filter(({ x, end }) => x >= bounds[first]! - 1 && end <= bounds[last]! + 1);
  const columns = bounds.slice(1).map((_, i) => between(i, i + 1));
  // One column or several, possibly with a page number next to them.
  const isSide = (first: number, last: number): boolean => {
    if (isFilled(between(first, last))) return true;
    const textColumns = columns.slice(first, last).filter(({ length }) => length >= MIN_LINES);
    return textColumns.length > 0 && textColumns.every(isFilled);
  };
  const isGutter = (i: number): boolean => isSide(0, i) && isSide(i, bounds.length - 1);
  let best: { middle: number; spanning: number } | null = null;
  for (const [i, middle] of strips.entries()) {
    if (!isGutter(i + 1)) continue;
    const spanning = segments.filter(({ x, end }) => x < middle - 1 && end > middle + 1).length;
    if (!best || spanning < best.spanning) best = { middle, spanning };
  }
  return best?.middle ?? null;
}
/** Maximum number of segments on a page; each strip is compared with all segments. */
const MAX_SEGMENTS = 20_000;
const MAX_STRIPS = 64;
/** Width in cells of a quarter of the font size; LaTeX's columns are 10 points apart. */
const MIN_GUTTER_CELLS = 3;
/** Minimum number of lines in a column. */
const MIN_LINES = 4;
/** Minimum median length of a column's lines, in code units. */
const MIN_LINE_LENGTH = 16;
/** Maximum share of segments across a gutter, such as titles and captions. */
const MAX_SPANNING_SHARE = 0.15;

/** Share of lines on either side that doesn't widen a column, such as a page number next to it. */
const OUTLIER_SHARE = 0.1;

/** Whether lines fill a column's width, unlike table cells. */
function isFilled(lines: readonly Line[]): boolean {
  if (lines.length < MIN_LINES || median(lines.map(({ text }) => text.length)) < MIN_LINE_LENGTH) return false;
  const outliers = Math.floor(OUTLIER_SHARE * lines.length);
  const left = lines.map(({ x }) => x).sort((a, b) => a - b)[outliers]!;
  const right = lines.map(({ end }) => end).sort((a, b) => b - a)[outliers]!;
  return median(lines.map(({ x, end }) => end - x)) > 0.55 * (right - left);
}

/** Joins segments from top to bottom; those on one line are joined, with a tab for gaps wider than a space. */
function joinSegments(segments: readonly Line[]): Line[] {
  const lines: { line: Line; texts: LineTexts }[] = [];
  for (const segment of segments.toSorted((a, b) => b.y - a.y)) {
    const { line, texts } = lines.at(-1) ?? {};
    if (line && texts && line.y - segment.y < 0.5 * Math.min(line.size, segment.size)) {
      if (line.x <= segment.x) texts.append(segment.text);
      else texts.prepend(segment.text);
      line.x = Math.min(line.x, segment.x);
      line.y = Math.max(line.y, segment.y);
      line.end = Math.max(line.end, segment.end);
      line.size = Math.max(line.size, segment.size);
    } else lines.push({ line: { ...segment }, texts: new LineTexts(segment.text) });
  }
  return lines.map(({ line, texts }) => ({ ...line, text: texts.join() }));
}

/** Collects the nonblank texts of a line and joins them once, because trimming a growing string would copy it. */
class LineTexts {
  /** Texts to the left of the first, the outermost last. */
  private readonly leftTexts: string[] = [];
  private readonly rightTexts: string[];

  constructor(first: string) {
    this.rightTexts = [first];
  }

  append(text: string): void {
    this.rightTexts.push(this.rightTexts.pop()!.trimEnd(), text.trimStart());
  }

  prepend(text: string): void {
    if (this.leftTexts.length > 0) this.leftTexts.push(this.leftTexts.pop()!.trimStart());
    else this.rightTexts[0] = this.rightTexts[0]!.trimStart();
    this.leftTexts.push(text.trimEnd());
  }

  join(): string {
    return [...this.leftTexts.toReversed(), ...this.rightTexts].join('\t');
  }
}

/** Left and right edge of lines. Reduces, because `Math.min` can't take thousands of arguments. */
export const extentOf = (lines: readonly Line[]): { left: number; right: number } => ({
  left: lines.reduce((min, { x }) => Math.min(min, x), Infinity),
  right: lines.reduce((max, { end }) => Math.max(max, end), -Infinity),
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
