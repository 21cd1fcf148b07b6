/**
 * Unicode normal forms in linear time. Engines sort the combining marks of a character in quadratic time. Runs of more
 * than 30 are therefore split first, as in the Stream-Safe Text Format.
 * Source: Unicode Standard Annex 15, section 13
 */

type NormalForm = 'NFC' | 'NFKC' | 'NFD' | 'NFKD';

const MAX_MARKS = 30;
/** COMBINING GRAPHEME JOINER: invisible, and ends a run. */
const BREAK = '\u034f';
/** A character and its marks. The two half-width marks become combining marks in the compatibility forms. */
const LONG_RUN = new RegExp(`[^]?[\\p{M}\\uff9e\\uff9f]{${MAX_MARKS},}`, 'gu');

/** Normalizes the text, with a joiner (U+034F) after each 30 combining marks in a row. */
export const normalized = (text: string, form: NormalForm): string =>
  (text.length > MAX_MARKS ? streamSafe(text) : text).normalize(form);

/** Splits runs of more than 30 combining marks; leaves other text unchanged. */
export const streamSafe = (text: string): string => text.replace(LONG_RUN, broken);

function broken(run: string): string {
  let safe = '';
  let count = 0;
  for (const character of run) {
    const parts = Array.from(character.normalize('NFKD'), isNonstarter);
    const leading = parts.indexOf(false);
    if (count + (leading < 0 ? parts.length : leading) > MAX_MARKS) {
      safe += BREAK;
      count = 0;
    }
    safe += character;
    count = leading < 0 ? count + parts.length : parts.length - 1 - parts.lastIndexOf(false);
  }
  return safe;
}

/** Whether the mark takes part in canonical reordering: its combining class is not 0. */
function isNonstarter(character: string): boolean {
  if (!MARK.test(character)) return false;
  const known = NONSTARTERS.get(character);
  if (known !== undefined) return known;
  // Marks of classes 1 and 230. Any mark with another class than 0 is reordered with one of them.
  const is = [character + OVERLAY, ABOVE + character].some((pair) => pair.normalize('NFD') !== pair);
  NONSTARTERS.set(character, is);
  return is;
}
const [OVERLAY, ABOVE] = ['\u0334', '\u0301'];
const MARK = /\p{M}/u;
/** Cached answers by mark. */
const NONSTARTERS = new Map<string, boolean>();
