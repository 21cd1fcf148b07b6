/** What was changed by hand in a passage, as rules that do the same everywhere. */
import { diffWordsWithSpace } from 'diff';
import { stepOf, type Step } from '../../../core/documents/clean/recipe';

export interface Mend {
  find: string;
  by: string;
}

const MAX_LENGTH = 10_000;
const MAX_MS = 1000;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/**
 * A replacement for each place that differs, each once; none where there is no telling them apart.
 * @param passage as it is, with line ends of any kind
 * @param after as a text field gives it, whose line ends are those of Unix
 */
export function mendsOf(passage: string, after: string): readonly Mend[] {
  const mends = new Map<string, Mend>();
  const places = placesOf(unixLines(passage), unixLines(after));
  for (let i = 0; i < places.length; i++) {
    let { find, by } = places[i]!;
    const { left } = places[i]!;
    // A word that was cut, or put together: `fact ious` is one place.
    for (let next = places[i + 1]; next?.left.trim() === '' && (isOneSided({ find, by }) || isOneSided(next));) {
      [find, by] = [find + next.left + next.find, by + next.left + next.by];
      next = places[++i + 1];
    }
    const right = places[i + 1]?.left ?? places[i]!.right;
    const mend = find.trim() === '' ? within({ find, by }, left, right) : { find, by };
    if (mend.find !== '' && mend.find.length <= MAX_LENGTH && mend.by.length <= MAX_LENGTH)
      mends.set(mend.find, asIn(passage, mend));
  }
  return [...mends.values()];
}
const unixLines = (text: string): string => text.replace(/\r\n?/g, '\n');
/** With the line ends that the passage has there. */
function asIn(passage: string, { find, by }: Mend): Mend {
  const end = ['\n', '\r\n', '\r'].find((end) => passage.includes(find.replaceAll('\n', end))) ?? '\n';
  return { find: find.replaceAll('\n', end), by: by.replaceAll('\n', end) };
}
const isOneSided = ({ find, by }: Mend): boolean => (find.trim() === '') !== (by.trim() === '');

/** Where they differ, and what both have before and after it. */
function placesOf(before: string, after: string): (Mend & { left: string; right: string })[] {
  const places: (Mend & { left: string; right: string })[] = [];
  let [left, isOpen] = ['', false];
  for (const { value, added, removed } of diffWordsWithSpace(before, after, { timeout: MAX_MS }) ?? []) {
    if (!added && !removed) {
      if (places.length > 0) places.at(-1)!.right = value;
      [left, isOpen] = [value, false];
      continue;
    }
    if (!isOpen) places.push({ find: '', by: '', left, right: '' });
    isOpen = true;
    places.at(-1)![removed ? 'find' : 'by'] += value;
  }
  return places;
}

/** What was put in where nothing but white space stood is known by the word before it, or else after it. */
function within({ find, by }: Mend, left: string, right: string): Mend {
  const before = /\S+\s*$/u.exec(left)?.[0] ?? '';
  if (before !== '') return { find: before + find, by: before + by };
  const after = /^\s*\S+/u.exec(right)?.[0] ?? '';
  return { find: find + after, by: by + after };
}

/** Whole words, where it begins or ends with one. */
export function stepOfMend({ find, by }: Mend): Step {
  const letters = Array.from(find);
  const isWord = WORD.test(letters[0] ?? '') || WORD.test(letters.at(-1) ?? '');
  return stepOf('replace', { find, by, isWord });
}
