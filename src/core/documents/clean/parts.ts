/**
 * Applies changes only to the parts of a passage that have a match. Otherwise, a rule would copy a mebibyte for each
 * word that it changes. One search for all rules skips most lines, which stay in place.
 */
import { type Changes, Counted } from './counted';
import type { Changed, Finds } from './rules/rule';

/** A rule's change to a passage, and the counters to update. */
export interface Applied {
  change(passage: string): Changed;
  finds?: Finds | undefined;
  into?: Changes | undefined;
}

/**
 * Applies rules in order.
 * @param min code units of a part: with many matches, parts cost no more than the whole passage
 */
export function applied(all: readonly Applied[], passage: string, min = 2 ** 10): string {
  const counted = new Counted();
  for (let from = 0, to; from < all.length; from = to) {
    to = from + 1;
    if (all[from]!.finds) while (all[to]?.finds) to++;
    const row = all.slice(from, to);
    passage = (row.length > 1 ? inParts(row, passage, counted, min) : undefined) ?? changed(row, passage, counted);
  }
  return passage;
}

function changed(row: readonly Applied[], passage: string, counted: Counted): string {
  for (const { change, into } of row) {
    const { text, places, characters } = change(passage);
    if (places === 0) continue;
    if (into) {
      into.places += places;
      into.characters += characters === undefined ? counted.byChange(passage, text) : counted.add(characters);
    }
    passage = text;
  }
  return passage;
}

/** Returns undefined if a rule may look beyond a part. */
function inParts(row: readonly Applied[], passage: string, counted: Counted, min: number): string | undefined {
  const pattern = patternOf(row);
  pattern.lastIndex = 0;
  if (!pattern.test(passage)) return passage;
  const sums = row.map(() => ({ places: 0, characters: 0 }));
  let [text, done] = ['', 0];
  do {
    const start = borderBefore(passage, done, pattern.lastIndex - 1);
    const end = borderAfter(passage, Math.max(pattern.lastIndex, start + min));
    let part = passage.slice(start, end);
    for (const [i, { change, finds }] of row.entries()) {
      if (finds!.beyond?.test(part)) return undefined;
      const to = change(part);
      if (to.places === 0) continue;
      part = to.text;
      if ((start > 0 && !beginsPart(part, 0)) || (end < passage.length && !part.endsWith('\n'))) return undefined;
      sums[i]!.places += to.places;
      sums[i]!.characters += to.characters!;
    }
    text += passage.slice(done, start) + part;
    pattern.lastIndex = done = end;
  } while (pattern.test(passage));
  for (const [i, { into }] of row.entries()) {
    if (!into) continue;
    into.places += sums[i]!.places;
    into.characters += counted.add(sums[i]!.characters);
  }
  return text + passage.slice(done);
}

/** Whether a part may begin here, after a line break: an ASCII letter or digit, across which no `finds` rule looks. */
const beginsPart = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return (code < 0x3a && code > 0x2f) || ((code | 0x20) < 0x7b && (code | 0x20) > 0x60);
};
/** Last start of a part at `at` or before, but not before `from`. */
function borderBefore(text: string, from: number, at: number): number {
  let lineEnd = at;
  do lineEnd = lineEnd > from ? text.lastIndexOf('\n', lineEnd - 1) : -1;
  while (lineEnd >= from && !beginsPart(text, lineEnd + 1));
  return Math.max(from, lineEnd + 1);
}
/** First start of a part at `at` or after; the text's end if there is none. */
function borderAfter(text: string, at: number): number {
  let lineEnd = at - 1;
  do lineEnd = text.indexOf('\n', lineEnd) + 1;
  while (lineEnd > 0 && !beginsPart(text, lineEnd));
  return lineEnd || text.length;
}

/** Cached patterns by the first rule's `finds`. */
const patterns = new WeakMap<Finds, { of: readonly (Finds | undefined)[]; pattern: RegExp }[]>();
/** Matches everything that any of the rules finds. */
function patternOf(row: readonly Applied[]): RegExp {
  const first = row[0]!.finds!;
  let alike = patterns.get(first);
  if (!alike) patterns.set(first, (alike = []));
  const made = alike.find(({ of }) => of.length === row.length && of.every((finds, i) => finds === row[i]!.finds));
  if (made) return made.pattern;
  const units = row.map(({ finds }) => finds!.units).join('');
  const pattern = new RegExp([`[${units}]`, ...row.flatMap(({ finds }) => finds!.or ?? [])].join('|'), 'g');
  alike.push({ of: row.map(({ finds }) => finds), pattern });
  return pattern;
}
