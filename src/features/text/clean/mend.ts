/** What was changed by hand in a passage, as rules that do the same everywhere. */
import { diffWordsWithSpace } from 'diff';
import { stepOf, type Step } from '../../../core/documents/clean/recipe';

export interface Mend {
  find: string;
  by: string;
}

const LONGEST = 10_000;
const MOST_MS = 1000;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** A replacement for each place that differs, each once; none where there is no telling them apart. */
export function mendsOf(before: string, after: string): readonly Mend[] {
  const changes = diffWordsWithSpace(before, after, { timeout: MOST_MS }) ?? [];
  const mends = new Map<string, Mend>();
  let [find, by, left] = ['', '', ''];
  const end = (next: string): void => {
    if (find === by) return;
    const mend = find.trim() === '' ? within({ find, by }, left, next) : { find, by };
    if (mend.find !== '' && mend.find.length <= LONGEST && mend.by.length <= LONGEST) mends.set(mend.find, mend);
  };
  for (const { value, added, removed } of changes) {
    if (removed) find += value;
    else if (added) by += value;
    else {
      end(value);
      [find, by, left] = ['', '', value];
    }
  }
  end('');
  return [...mends.values()];
}

/** What was put in where nothing but white space stood is known by the word before it, or else after it. */
function within({ find, by }: Mend, left: string, right: string): Mend {
  const before = /\S+\s*$/u.exec(left)?.[0] ?? '';
  if (before !== '') return { find: before + find, by: before + by };
  const after = /^\s*\S+/u.exec(right)?.[0] ?? '';
  return { find: find + after, by: by + after };
}

/** Whole words, where it begins and ends with one. */
export function stepOfMend({ find, by }: Mend): Step {
  const letters = Array.from(find);
  const isWord = WORD.test(letters[0] ?? '') && WORD.test(letters.at(-1) ?? '');
  return stepOf('replace', { find, by, isWord });
}
