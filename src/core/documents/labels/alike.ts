/** Detects different names of one label: "Spam", "spam " and "spam.", or names with a typo. */
import type { LabelCount } from './survey';

export interface Alike {
  /** At least two, most common first. */
  names: readonly string[];
  /** Proposed name for all: the most common. */
  as: string;
}

/** @param counts most common first */
export function alikeNames(counts: readonly LabelCount[]): readonly Alike[] {
  const forms = counts.map(({ label }) => formOf(label));
  const group = forms.map((form, i) => {
    const first = forms.indexOf(form);
    return first < i ? first : i;
  });
  for (const [i, form] of forms.entries()) {
    if (group[i] !== i) continue;
    const near = forms.findIndex((other, j) => j < i && group[j] === j && isSlip(other, form));
    if (near >= 0) group[i] = near;
  }
  const rootOf = (i: number): number => (group[i] === i ? i : rootOf(group[i]!));
  return counts.flatMap(({ label: as }, i) => {
    const names = counts.flatMap(({ label }, j) => (rootOf(j) === i ? [label] : []));
    return names.length > 1 ? [{ names, as }] : [];
  });
}

/**
 * Normalizes case, compatibility forms, outer and inner separators, and final punctuation. Keeps other signs, which
 * carry meaning: "1" isn't "-1", and C isn't C#. Changes nothing in a name without letters.
 */
function formOf(label: string): string {
  const plain = label.normalize('NFKC').trim();
  if (!/\p{L}/u.test(plain)) return plain;
  const lower = plain.toLowerCase();
  let end = lower.length;
  while (end > 0 && /[.,;:!?\s]/u.test(lower[end - 1]!)) end--;
  // Matches runs whole: a lookahead after a run would try each place within it.
  return lower
    .slice(0, end)
    .replace(/([\s_-]+)([\p{L}\p{N}]?)/gu, (run: string, _: string, after: string, at: number) =>
      after !== '' && LETTER_END.test(lower.slice(Math.max(0, at - 2), at)) ? ` ${after}` : run,
    );
}
const LETTER_END = /[\p{L}\p{N}]$/u;

/** Whether two names differ by one added, removed or changed letter. Needs five letters at least, and no digits. */
function isSlip(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 5 || long.length - short.length > 1 || /\d/.test(long)) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(short.length === long.length ? at + 1 : at) === long.slice(at + 1);
}
