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
  return columnsOf(withJustified(segmentsOf(runs)), DEEPEST).map(joinedLines);
}

/** Groups adjacent runs with at most a space between them. */
function segmentsOf(runs: readonly Run[]): Line[] {
  const segments: Line[] = [];
  let last: Line | undefined;
  /** Whether its text ends in a space; inspecting the end of a growing string would copy all of it. */
  let isSpaced = false;
  for (const { text, x, y, width, size } of runs) {
    if (text.trim() === '') {
      if (last && text !== '' && !isSpaced && Math.abs(y - last.y) < last.size / 2) {
        last.text += ' ';
        isSpaced = true;
      }
      continue;
    }
    const gap = last ? x - last.end : Infinity;
    const isOn = last && Math.abs(y - last.y) < 0.5 * Math.max(size, last.size);
    if (last && isOn && gap > -0.5 * size && gap < WIDEST_SPACE * Math.max(size, last.size)) {
      const space = gap > NARROWEST_SPACE * size && !isSpaced && !text.startsWith(' ') ? ' ' : '';
      last.text += space + text;
      last.end = Math.max(last.end, x + width);
      // A superscript doesn't set the baseline.
      if (size > last.size) [last.size, last.y] = [size, y];
    } else segments.push((last = { text, x, y, end: x + width, size }));
    isSpaced = text.endsWith(' ');
  }
  return segments;
}
/** Gaps as shares of the font size. */
const NARROWEST_SPACE = 0.15;
const WIDEST_SPACE = 1.2;

/**
 * Joins justified lines of narrow columns, whose spaces may be as wide as gutters. Their words are separate segments,
 * equally spaced, from the start to the end of the column's full lines.
 */
function withJustified(segments: readonly Line[]): readonly Line[] {
  const full = new Map<string, number>();
  const isWord = ({ text }: Line): boolean => !text.trim().includes(' ');
  for (const { x, end } of segments.filter((each) => !isWord(each)))
    for (const from of new Set([Math.floor(x), Math.ceil(x)]))
      for (const to of new Set([Math.floor(end), Math.ceil(end)]))
        full.set(`${from} ${to}`, (full.get(`${from} ${to}`) ?? 0) + 1);
  const lines: Line[] = [];
  for (let i = 0; i < segments.length;) {
    const first = segments[i]!;
    let after = i + 1;
    const gapAt = (n: number): number => segments[n]!.x - segments[n - 1]!.end;
    const goesOn = (n: number): boolean =>
      n < segments.length &&
      isWord(segments[n]!) &&
      Math.abs(segments[n]!.y - first.y) < 0.1 * first.size &&
      gapAt(n) > 0 &&
      Math.abs(gapAt(n) - gapAt(i + 1)) < 0.1 * first.size;
    while (isWord(first) && goesOn(after)) after++;
    const { end } = segments[after - 1]!;
    const isFull = (full.get(`${Math.round(first.x)} ${Math.round(end)}`) ?? 0) >= MIN_LINES;
    if (isFull && after > i + 1) {
      const text = segments.slice(i, after).map((word) => word.text.trim());
      lines.push({ ...first, text: text.join(' '), end });
      i = after;
    } else {
      // The last segment may start another line.
      for (const next = Math.max(i + 1, after - 1); i < next; i++) lines.push(segments[i]!);
    }
  }
  return lines;
}

/** Blocks in reading order: if there is a gutter, its left side comes before its right side. */
function columnsOf(segments: readonly Line[], depth: number): (readonly Line[])[] {
  const gutter = depth > 0 ? gutterOf(segments) : null;
  if (gutter === null) return segments.length > 0 ? [segments] : [];
  const crosses = ({ x, end }: Line): boolean => x < gutter - 1 && end > gutter + 1;
  const across = segments.filter(crosses).sort((a, b) => b.y - a.y);
  const blocks: (readonly Line[])[] = [];
  const rest = segments.filter((each) => !crosses(each));
  /** Indexes from top to bottom, and the number already taken. */
  const ordered = rest.map((_, place) => place).sort((a, b) => rest[b]!.y - rest[a]!.y);
  let taken = 0;
  const take = (above: number): void => {
    const first = taken;
    while (taken < ordered.length && rest[ordered[taken]!]!.y > above) taken++;
    const places = ordered.slice(first, taken).sort((a, b) => a - b);
    const part = places.map((place) => rest[place]!);
    for (const side of [part.filter(({ x }) => x < gutter), part.filter(({ x }) => x >= gutter)])
      blocks.push(...columnsOf(side, depth - 1));
  };
  for (let i = 0; i < across.length;) {
    take(across[i]!.y);
    // Spanning lines with nothing between them are one block.
    const below = taken < ordered.length ? rest[ordered[taken]!]!.y : -Infinity;
    const begin = i;
    while (i < across.length && across[i]!.y > below) i++;
    if (i === begin) i++;
    blocks.push(across.slice(begin, i));
  }
  take(-Infinity);
  return blocks;
}
const DEEPEST = 3;

/** Middle of a strip that few segments cross and that has filled columns on both sides; null if there is none. */
function gutterOf(segments: readonly Line[]): number | null {
  if (segments.length < 2 * MIN_LINES || segments.length > MAX_SEGMENTS) return null;
  const { from, to } = extentOf(segments);
  const size = median(segments.map((each) => each.size));
  const step = size / 4;
  const cells = new Uint32Array(Math.min(2000, Math.ceil((to - from) / step) + 1));
  for (const { x, end } of segments)
    for (let i = Math.max(0, Math.floor((x - from) / step)); i < (end - from) / step && i < cells.length; i++)
      cells[i]!++;
  const max = MAX_SPANNING_SHARE * segments.length;
  const strips: number[] = [];
  for (let i = 0; i < cells.length;) {
    let end = i;
    while (end < cells.length && cells[end]! <= max) end++;
    const middle = from + ((i + end) / 2) * step;
    const share = (middle - from) / (to - from);
    if (end - i >= NARROWEST_GUTTER && share > 0.15 && share < 0.85) strips.push(middle);
    i = Math.max(end, i) + 1;
  }
  if (strips.length > MAX_STRIPS) return null;
  const bounds = [-Infinity, ...strips, Infinity];
  const between = (left: number, right: number): Line[] =>
    segments.filter(({ x, end }) => x >= bounds[left]! - 1 && end <= bounds[right]! + 1);
  const columns = bounds.slice(1).map((_, i) => between(i, i + 1));
  // One column or several, possibly with a page number next to them.
  const isSide = (left: number, right: number): boolean => {
    if (isFilled(between(left, right))) return true;
    const all = columns.slice(left, right).filter(({ length }) => length >= MIN_LINES);
    return all.length > 0 && all.every(isFilled);
  };
  const isGutter = (i: number): boolean => isSide(0, i) && isSide(i, bounds.length - 1);
  let best: { middle: number; across: number } | null = null;
  for (const [i, middle] of strips.entries()) {
    if (!isGutter(i + 1)) continue;
    const across = segments.filter(({ x, end }) => x < middle - 1 && end > middle + 1).length;
    if (!best || across < best.across) best = { middle, across };
  }
  return best?.middle ?? null;
}
/** Maximum number of segments on a page; each strip is compared with all segments. */
const MAX_SEGMENTS = 20_000;
const MAX_STRIPS = 64;
/** Width in cells of a quarter of the font size; LaTeX's columns are 10 points apart. */
const NARROWEST_GUTTER = 3;
/** Minimum number of lines in a column. */
const MIN_LINES = 4;
/** Minimum median length of a column's lines, in code units. */
const MIN_LETTERS = 16;
/** Maximum share of segments across a gutter, such as titles and captions. */
const MAX_SPANNING_SHARE = 0.15;

/** Share of lines on either side that doesn't widen a column, such as a page number next to it. */
const OUTER = 0.1;

/** Whether lines fill a column's width, unlike table cells. */
function isFilled(lines: readonly Line[]): boolean {
  if (lines.length < MIN_LINES || median(lines.map(({ text }) => text.length)) < MIN_LETTERS) return false;
  const outer = Math.floor(OUTER * lines.length);
  const from = lines.map(({ x }) => x).sort((a, b) => a - b)[outer]!;
  const to = lines.map(({ end }) => end).sort((a, b) => b - a)[outer]!;
  return median(lines.map(({ x, end }) => end - x)) > 0.55 * (to - from);
}

/** Joins segments from top to bottom; those on one line are joined, with a tab for gaps wider than a space. */
function joinedLines(segments: readonly Line[]): Line[] {
  const lines: { line: Line; texts: Texts }[] = [];
  for (const segment of segments.toSorted((a, b) => b.y - a.y)) {
    const { line, texts } = lines.at(-1) ?? {};
    if (line && texts && line.y - segment.y < 0.5 * Math.min(line.size, segment.size)) {
      if (line.x <= segment.x) texts.append(segment.text);
      else texts.prepend(segment.text);
      line.x = Math.min(line.x, segment.x);
      line.y = Math.max(line.y, segment.y);
      line.end = Math.max(line.end, segment.end);
      line.size = Math.max(line.size, segment.size);
    } else lines.push({ line: { ...segment }, texts: new Texts(segment.text) });
  }
  return lines.map(({ line, texts }) => ({ ...line, text: texts.joined() }));
}

/** Collects the nonblank texts of a line and joins them once, because trimming a growing string would copy it. */
class Texts {
  /** Texts to the left of the first, the outermost last. */
  private readonly before: string[] = [];
  private readonly after: string[];

  constructor(first: string) {
    this.after = [first];
  }

  append(text: string): void {
    this.after.push(this.after.pop()!.trimEnd(), text.trimStart());
  }

  prepend(text: string): void {
    if (this.before.length > 0) this.before.push(this.before.pop()!.trimStart());
    else this.after[0] = this.after[0]!.trimStart();
    this.before.push(text.trimEnd());
  }

  joined(): string {
    return [...this.before.toReversed(), ...this.after].join('\t');
  }
}

/** Left and right edge of lines. Reduces, because `Math.min` can't take thousands of arguments. */
export const extentOf = (lines: readonly Line[]): { from: number; to: number } => ({
  from: lines.reduce((min, { x }) => Math.min(min, x), Infinity),
  to: lines.reduce((max, { end }) => Math.max(max, end), -Infinity),
});

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
