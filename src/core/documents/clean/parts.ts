/**
 * Applies changes only to the parts of a passage that have a match. Otherwise, a rule would copy a mebibyte for each
 * word that it changes. One search for all rules skips most lines, which stay in place.
 */
import { type ChangeCounts, CharacterCounter } from './counted';
import type { ChangedPassage, SearchPattern } from './rules/rule';

/** A rule's change to a passage, and the counters to update. */
export interface RuleChange {
  change(passage: string): ChangedPassage;
  searchPattern?: SearchPattern | undefined;
  counts?: ChangeCounts | undefined;
}

/**
 * Applies rules in order.
 * @param min code units of a part: with many matches, parts cost no more than the whole passage
 */
export function applyRules(rules: readonly RuleChange[], passage: string, min = 2 ** 10): string {
  const counter = new CharacterCounter();
  for (let from = 0, to; from < rules.length; from = to) {
    to = from + 1;
    if (rules[from]!.searchPattern) while (rules[to]?.searchPattern) to++;
    const group = rules.slice(from, to);
    passage =
      (group.length > 1 ? applyToParts(group, passage, counter, min) : undefined) ??
      applyToWhole(group, passage, counter);
  }
  return passage;
}

function applyToWhole(group: readonly RuleChange[], passage: string, counter: CharacterCounter): string {
  for (const { change, counts } of group) {
    const { text, places, characters } = change(passage);
    if (places === 0) continue;
    if (counts) {
      counts.places += places;
      counts.characters +=
        characters === undefined ? counter.countChange(passage, text) : counter.addDifference(characters);
    }
    passage = text;
  }
  return passage;
}

/** Returns undefined if a rule may look beyond a part. */
function applyToParts(
  group: readonly RuleChange[],
  passage: string,
  counter: CharacterCounter,
  min: number,
): string | undefined {
  const pattern = combinedPattern(group);
  pattern.lastIndex = 0;
  if (!pattern.test(passage)) return passage;
  const totals = group.map(() => ({ places: 0, characters: 0 }));
  let [text, copiedEnd] = ['', 0];
  do {
    const start = partStartBefore(passage, copiedEnd, pattern.lastIndex - 1);
    const end = partStartAfter(passage, Math.max(pattern.lastIndex, start + min));
    let part = passage.slice(start, end);
    for (const [i, { change, searchPattern }] of group.entries()) {
      if (searchPattern!.multiline?.test(part)) return undefined;
      const result = change(part);
      if (result.places === 0) continue;
      part = result.text;
      if ((start > 0 && !canStartPart(part, 0)) || (end < passage.length && !part.endsWith('\n'))) return undefined;
      totals[i]!.places += result.places;
      totals[i]!.characters += result.characters!;
    }
    text += passage.slice(copiedEnd, start) + part;
    pattern.lastIndex = copiedEnd = end;
  } while (pattern.test(passage));
  for (const [i, { counts }] of group.entries()) {
    if (!counts) continue;
    counts.places += totals[i]!.places;
    counts.characters += counter.addDifference(totals[i]!.characters);
  }
  return text + passage.slice(copiedEnd);
}

/** Whether a part may begin here, after a line break: an ASCII letter or digit, across which no `finds` rule looks. */
const canStartPart = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return (code < 0x3a && code > 0x2f) || ((code | 0x20) < 0x7b && (code | 0x20) > 0x60);
};
/** Last start of a part at `at` or before, but not before `from`. */
function partStartBefore(text: string, min: number, index: number): number {
  let lineEnd = index;
  do lineEnd = lineEnd > min ? text.lastIndexOf('\n', lineEnd - 1) : -1;
  while (lineEnd >= min && !canStartPart(text, lineEnd + 1));
  return Math.max(min, lineEnd + 1);
}
/** First start of a part at `at` or after; the text's end if there is none. */
function partStartAfter(text: string, index: number): number {
  let lineEnd = index - 1;
  do lineEnd = text.indexOf('\n', lineEnd) + 1;
  while (lineEnd > 0 && !canStartPart(text, lineEnd));
  return lineEnd || text.length;
}

/** Cached patterns by the first rule's `finds`. */
const patternCache = new WeakMap<SearchPattern, { of: readonly (SearchPattern | undefined)[]; pattern: RegExp }[]>();
/** Matches everything that any of the rules finds. */
function combinedPattern(group: readonly RuleChange[]): RegExp {
  const first = group[0]!.searchPattern!;
  let candidates = patternCache.get(first);
  if (!candidates) patternCache.set(first, (candidates = []));
  const cached = candidates.find(
    ({ of: searchPatterns }) =>
      searchPatterns.length === group.length &&
      searchPatterns.every((searchPattern, i) => searchPattern === group[i]!.searchPattern),
  );
  if (cached) return cached.pattern;
  const units = group.map(({ searchPattern }) => searchPattern!.units).join('');
  const pattern = new RegExp(
    [`[${units}]`, ...group.flatMap(({ searchPattern }) => searchPattern!.alternative ?? [])].join('|'),
    'g',
  );
  candidates.push({ of: group.map(({ searchPattern }) => searchPattern), pattern });
  return pattern;
}
