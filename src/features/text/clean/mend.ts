/** Rules derived from manual edits in a passage, which make the same change everywhere. */
import { diffWordsWithSpace } from 'diff';
import { stepOf, type Step } from '../../../core/documents/clean/recipe';

export interface Mend {
  find: string;
  by: string;
}

/** Maximum characters of a replacement. */
const MAX_LENGTH = 10_000;
/** Maximum duration of the comparison. */
const MAX_MS = 1000;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/**
 * Unique replacements, one per place that differs; none if there is no context to identify the place.
 * @param passage original, with line ends of any kind
 * @param after value of a text field, which has Unix line ends
 */
export function mendsOf(passage: string, after: string): readonly Mend[] {
  const mends = new Map<string, Mend>();
  const places = placesOf(unixLines(passage), unixLines(after));
  for (let i = 0; i < places.length; i++) {
    let { find, by } = places[i]!;
    const { left } = places[i]!;
    // A split or joined word, such as `fact ious`, is one place.
    for (let next = places[i + 1]; next?.left.trim() === '' && (isOneSided({ find, by }) || isOneSided(next));) {
      [find, by] = [find + next.left + next.find, by + next.left + next.by];
      next = places[++i + 1];
    }
    const right = places[i + 1]?.left ?? places[i]!.right;
    const replacement = find.trim() === '' ? withContext({ find, by }, left, right) : { find, by };
    if (replacement.find !== '' && replacement.find.length <= MAX_LENGTH && replacement.by.length <= MAX_LENGTH)
      mends.set(replacement.find, withLineEndsOf(passage, replacement));
  }
  return [...mends.values()];
}
const unixLines = (text: string): string => text.replace(/\r\n?/g, '\n');
/** Converts a replacement to the line ends of the passage. */
function withLineEndsOf(passage: string, { find, by }: Mend): Mend {
  const end = ['\n', '\r\n', '\r'].find((end) => passage.includes(find.replaceAll('\n', end))) ?? '\n';
  return { find: find.replaceAll('\n', end), by: by.replaceAll('\n', end) };
}
const isOneSided = ({ find, by }: Mend): boolean => (find.trim() === '') !== (by.trim() === '');

/** Differing places, with the equal text before and after each. */
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

/** Anchors an insertion into white space to the word before it, else to the word after it. */
function withContext({ find, by }: Mend, left: string, right: string): Mend {
  const before = /\S+\s*$/u.exec(left)?.[0] ?? '';
  if (before !== '') return { find: before + find, by: before + by };
  const after = /^\s*\S+/u.exec(right)?.[0] ?? '';
  return { find: find + after, by: by + after };
}

/** Replacement step that matches whole words if the text starts or ends with a word character. */
export function stepOfMend({ find, by }: Mend): Step {
  const characters = Array.from(find);
  const isWord = WORD.test(characters[0] ?? '') || WORD.test(characters.at(-1) ?? '');
  return stepOf('replace', { find, by, isWord });
}
