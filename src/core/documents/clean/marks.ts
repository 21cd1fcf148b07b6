/** Compares two versions of a passage, with the differences marked. */
import { diffWordsWithSpace } from 'diff';

export interface Piece {
  text: string;
  /** Removed, in the old passage; added, in the new one. */
  isChanged: boolean;
}
export interface Marked {
  before: readonly Piece[];
  after: readonly Piece[];
  /** Start of the shown part, in code units, and whether its end is cut. */
  from: number;
  isCut: boolean;
}

/** Maximum code units shown. */
const MAX_SHOWN = 3000;
/** Code units shown before the first change. */
const BEFORE = 200;
const MAX_DIFF_MS = 200;

/** Marks the differences, from shortly before the first change. */
export function marked(before: string, after: string): Marked {
  const from = before === after ? 0 : beginAt(before, firstChange(before, after));
  const [was, is] = [windowOf(before, from), windowOf(after, from)];
  const isCut = from + was.length < before.length || from + is.length < after.length;
  // A word-by-word comparison of very different texts takes long, and shows nothing useful.
  const changes = diffWordsWithSpace(was, is, { timeout: MAX_DIFF_MS }) ?? [
    { value: was, removed: true, added: false },
    { value: is, removed: false, added: true },
  ];
  // After the last common piece, differences may only mean that one excerpt ends earlier.
  const last = changes.findLastIndex(({ added, removed }) => !added && !removed);
  const shown = isCut && last >= 0 ? changes.slice(0, last + 1) : changes;
  return {
    before: shown.filter(({ added }) => !added).map(({ value, removed }) => ({ text: value, isChanged: removed })),
    after: shown.filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, isChanged: added })),
    from,
    isCut,
  };
}

function firstChange(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** Start of the excerpt: a line start, if one is near. */
function beginAt(text: string, change: number): number {
  const near = Math.max(0, change - BEFORE);
  const line = text.lastIndexOf('\n', near) + 1;
  const from = change - line <= 2 * BEFORE ? line : near;
  return isLowSurrogate(text.charCodeAt(from)) ? from - 1 : from;
}

function windowOf(text: string, from: number): string {
  const to = from + MAX_SHOWN;
  return text.slice(from, isLowSurrogate(text.charCodeAt(to)) ? to - 1 : to);
}
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
