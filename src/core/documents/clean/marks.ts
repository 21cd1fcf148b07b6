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
const CONTEXT_BEFORE = 200;
const MAX_DIFF_MS = 200;

/** Marks the differences, from shortly before the first change. */
export function marked(before: string, after: string): Marked {
  const from = before === after ? 0 : excerptStart(before, firstChange(before, after));
  const [oldExcerpt, newExcerpt] = [excerptFrom(before, from), excerptFrom(after, from)];
  const isCut = from + oldExcerpt.length < before.length || from + newExcerpt.length < after.length;
  // A word-by-word comparison of very different texts takes long, and shows nothing useful.
  const changes = diffWordsWithSpace(oldExcerpt, newExcerpt, { timeout: MAX_DIFF_MS }) ?? [
    { value: oldExcerpt, removed: true, added: false },
    { value: newExcerpt, removed: false, added: true },
  ];
  // After the last common piece, differences may only mean that one excerpt ends earlier.
  const lastCommon = changes.findLastIndex(({ added, removed }) => !added && !removed);
  const shown = isCut && lastCommon >= 0 ? changes.slice(0, lastCommon + 1) : changes;
  return {
    before: shown.filter(({ added }) => !added).map(({ value, removed }) => ({ text: value, isChanged: removed })),
    after: shown.filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, isChanged: added })),
    from,
    isCut,
  };
}

function firstChange(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  return index;
}

/** Start of the excerpt: a line start, if one is near. */
function excerptStart(text: string, change: number): number {
  const near = Math.max(0, change - CONTEXT_BEFORE);
  const lineStart = text.lastIndexOf('\n', near) + 1;
  const from = change - lineStart <= 2 * CONTEXT_BEFORE ? lineStart : near;
  return isLowSurrogate(text.charCodeAt(from)) ? from - 1 : from;
}

function excerptFrom(text: string, from: number): string {
  const to = from + MAX_SHOWN;
  return text.slice(from, isLowSurrogate(text.charCodeAt(to)) ? to - 1 : to);
}
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
