/** Two versions of a passage side by side, with what differs marked. */
import { diffWordsWithSpace } from 'diff';

export interface Piece {
  text: string;
  /** Of the passage before: it went; of the one after: it came. */
  isChanged: boolean;
}
export interface Marked {
  before: readonly Piece[];
  after: readonly Piece[];
  /** Code units before and after what is shown. */
  from: number;
  isCut: boolean;
}

/** Code units that are shown. */
const MAX_SHOWN = 3000;
/** And before the first change. */
const BEFORE = 200;
const MAX_DIFF_MS = 200;

/** From shortly before where the first change is. */
export function marked(before: string, after: string): Marked {
  const from = before === after ? 0 : beginAt(before, firstChange(before, after));
  const [was, is] = [windowOf(before, from), windowOf(after, from)];
  const isCut = from + was.length < before.length || from + is.length < after.length;
  // A word-by-word comparison of what has little in common takes long, and says nothing.
  const changes = diffWordsWithSpace(was, is, { timeout: MAX_DIFF_MS }) ?? [
    { value: was, removed: true, added: false },
    { value: is, removed: false, added: true },
  ];
  // Past what both have it is only seen that one of them ends sooner.
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

/** At a line's begin, where there is one near. */
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
