/** Counts personal data in a document, window by window, so that values across two chunks are found too. */
import { KINDS, type PersonalKindId } from '.';
import type { PersonalKind } from './kind';

/** Number of findings by kind; kinds without findings are absent. */
export type PersonalCounts = Partial<Record<PersonalKindId, number>>;

/** Code units before a window's start that a kind may look at. */
const LOOK_BACK = 64;
/** Code units after a value's start that a kind may look at. */
const LOOK_AHEAD = 8192;

const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const FULL_WIDTH = /[\uff01-\uff5e]/g;

/** Removes invisible marks, and maps full-width forms to ASCII. */
const plain = (text: string): string =>
  text.replace(INVISIBLE, '').replace(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0));

/** Adds the findings of a document to `counts`. @param chunks of the document, of any size */
export async function countPersonal(
  chunks: AsyncIterable<string> | Iterable<string>,
  counts: PersonalCounts,
): Promise<void> {
  let [text, from] = ['', 0];
  const countUntil = (end: number): void => {
    for (const id of Object.keys(KINDS) as PersonalKindId[]) {
      const found = countIn(KINDS[id], text, from, end);
      if (found > 0) counts[id] = (counts[id] ?? 0) + found;
    }
  };
  for await (const chunk of chunks) {
    text += plain(chunk);
    const end = text.length - LOOK_AHEAD;
    if (end <= from) continue;
    countUntil(end);
    const start = Math.max(0, end - LOOK_BACK);
    [text, from] = [text.slice(start), end - start];
  }
  countUntil(text.length);
}

/** Counts the values that start in a range of the text. */
function countIn({ pattern, lengthOf }: PersonalKind, text: string, from: number, end: number): number {
  let count = 0;
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match && match.index < end; match = pattern.exec(text)) {
    const { index } = match;
    const length = lengthOf(match[0], text.slice(Math.max(0, index - LOOK_BACK), index));
    if (length > 0) count++;
    pattern.lastIndex = index + Math.max(1, length);
  }
  return count;
}
