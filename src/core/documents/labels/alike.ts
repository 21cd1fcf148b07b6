/** Labels that are meant to be one, by their names: "Spam", "spam " and "spam.", or one with a slip of the pen. */
import type { LabelCount } from './survey';

export interface Alike {
  /** Two at least, the commonest first. */
  names: readonly string[];
  /** What all could be called: the commonest. */
  as: string;
}

/** @param counts commonest first */
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
 * Without case, compatibility forms, what stands around and between words, and what ends a sentence. Signs say something else: "1"
 * is not "-1", nor C C#, and of what has no letter nothing is taken away.
 */
function formOf(label: string): string {
  const plain = label.normalize('NFKC').trim();
  if (!/\p{L}/u.test(plain)) return plain;
  const lower = plain.toLowerCase();
  let end = lower.length;
  while (end > 0 && /[.,;:!?\s]/u.test(lower[end - 1]!)) end--;
  // Runs are matched whole: a pattern that asks what follows a run would try each place within it.
  return lower
    .slice(0, end)
    .replace(/([\s_-]+)([\p{L}\p{N}]?)/gu, (run: string, _: string, after: string, at: number) =>
      after !== '' && LETTER_END.test(lower.slice(Math.max(0, at - 2), at)) ? ` ${after}` : run,
    );
}
const LETTER_END = /[\p{L}\p{N}]$/u;

/** One letter more, less or other, of five at least; numbers that differ are meant. */
function isSlip(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 5 || long.length - short.length > 1 || /\d/.test(long)) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(short.length === long.length ? at + 1 : at) === long.slice(at + 1);
}
