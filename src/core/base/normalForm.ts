/**
 * Unicode's normal forms in linear time. Engines sort the marks of a character one by one, which takes time by the square of their
 * number. So runs of more than 30 are broken first, as the stream-safe text format does.
 * Source: Unicode Standard Annex 15, section 13
 */

type NormalForm = 'NFC' | 'NFKC' | 'NFD' | 'NFKD';

const MAX_MARKS = 30;
/** COMBINING GRAPHEME JOINER, which is invisible and ends a run. */
const BREAK = '\u034f';
/** A character and its marks; the two of half width become marks in the compatibility forms. */
const LONG_RUN = new RegExp(`[^]?[\\p{M}\\uff9e\\uff9f]{${MAX_MARKS},}`, 'gu');

/** Returns the text in a normal form, with a joiner (U+034F) after each 30 combining marks in a row. */
export const normalized = (text: string, form: NormalForm): string =>
  (text.length > MAX_MARKS ? streamSafe(text) : text).normalize(form);

/** Returns the text without runs of more than 30 combining marks; any other text as it is. */
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

/** Whether a mark is sorted among others: its canonical combining class is not 0. */
function isNonstarter(character: string): boolean {
  if (!MARK.test(character)) return false;
  const known = NONSTARTERS.get(character);
  if (known !== undefined) return known;
  // Marks of classes 1 and 230: one of them changes places with a mark of any class but 0.
  const is = [character + OVERLAY, ABOVE + character].some((pair) => pair.normalize('NFD') !== pair);
  NONSTARTERS.set(character, is);
  return is;
}
const [OVERLAY, ABOVE] = ['\u0334', '\u0301'];
const MARK = /\p{M}/u;
/** Of every mark that has been met. */
const NONSTARTERS = new Map<string, boolean>();
