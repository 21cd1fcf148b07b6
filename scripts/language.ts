/** Words that the language guide replaces, and their remaining uses in strings, comments and names. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShownString } from './strings.ts';

/** A term of the field, or another sentence, replaces each. */
const BANNED: readonly RegExp[] = [
  /\blearnt\b/i,
  /\b(is|are|was|were|be) told\b|\btells (of|what|how|why|whether|which|every|its)\b|\btold (of|in|by)\b/i,
  /\bwas held out\b|\bheld out text\b/i,
  /\bbrought in\b|\b[Bb]ring(s)? (in|it in|a model|in a model)\b/i,
  /\btake(n)? (it )?home\b/i,
  /\bmade elsewhere\b|\bmodels? from elsewhere\b/i,
  /\bgo(es)? on\b|\bwent on\b|\bgoing on\b/i,
  /\banew\b/i,
  /\bas (it was|they were) read\b/i,
  /\bbeside\b/i,
  /\bmend(s|ed|ing)?\b/i,
  /\b(hereby|thereof|whereof|therein|wherein)\b/i,
  /\bof which\b/i,
  /\bas yet\b|\bby now\b/i,
  /\bone['’]s own\b/i,
  /\botherwise than\b/i,
  /\bhow manieth\b/i,
  /\brest(s)? rests\b|\brests in\b/i,
  /\bseldom changed\b/i,
  /\bnext token right\b|\bamong the first 5\b/i,
  /\bcounting (two|three) tokens\b/i,
  /\bguessing blindly\b|\bknowing only which tokens\b/i,
  /\bhidden tokens\b|\bspans taken out\b|\bwhat follows a beginning\b|\banswers of chats\b|\btargets of pairs\b/i,
  /\bthe way of one row\b/i,
  /\bhow long may it\b/i,
  /\btake this plan\b/i,
  /\bsurprise\b|\bsurer than\b/i,
  /\btimes read\b/i,
  /\bfrom how sure\b/i,
  /\bhanded over\b/i,
  /\bkept for offline\b/i,
  /\bof yours\b|\beverything of mine\b/i,
  /\bwhat learns\b/i,
  /\b(please|oops)\b/i,
  // American spelling.
  /\blicence[sd]?\b|\bcolour\w*|\bgrey\b|\blabell(ed|ing)\b|\bcancell(ed|ing)\b|\bbehaviour\w*|\bneighbour\w*|\bcatalogue\w*/i,
  /\b(token|normal|memor|quant|optim|initial|recogn|summar|stabil|organ)is(e[sd]?|ing|ation)\b/i,
];

/** Words of a text that the guide replaces, in their original form. */
export const bannedWords = (text: string): string[] =>
  BANNED.flatMap((pattern) => [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(([word]) => word));

export interface Banned extends ShownString {
  words: readonly string[];
}

export const bannedIn = (strings: readonly ShownString[]): Banned[] =>
  strings.flatMap((string) => {
    // Names of values in braces are code.
    const words = bannedWords(string.text.replaceAll(/\{[^}]*\}/g, '{…}'));
    return words.length > 0 ? [{ ...string, words }] : [];
  });

/** Number of strings, comments or names with such words, by file. */
export type Counts = Readonly<Record<string, number>>;

export function countByFile(banned: readonly ShownString[]): Counts {
  const counts: Record<string, number> = {};
  for (const { file } of banned) counts[file] = (counts[file] ?? 0) + 1;
  return counts;
}

/** Parts of names that the guide replaces. */
const BANNED_NAME =
  /^(?:MOST|LEAST|LONGEST|LARGEST|SMALLEST|FEWEST)(?:_|$)|^[tT]old|Told|[lL]earnt|[lL]abelled|[cC]ancelled|[pP]ainted|[fF]orebears|onTheWay|^seers$|Helpers$|[bB]eside(?!s)/;
/** Keys of stored records, exported files and HTML, which stay unchanged for compatibility. */
const STORED = new Set(['asItLearnt', 'beside', 'labelled', 'labelledby', 'learnt', 'mayHaveLearnt']);
export const bannedNames = (names: readonly ShownString[]): ShownString[] =>
  names.filter(({ text }) => BANNED_NAME.test(text) && !STORED.has(text));

/** Remaining allowance by file. The allowance may only shrink. */
export const ALLOWANCES = {
  strings: 'scripts/bannedWords.json',
  comments: 'scripts/bannedComments.json',
  names: 'scripts/bannedNames.json',
} as const;
type Kind = keyof typeof ALLOWANCES;

export const readAllowance = (root: string, kind: Kind): Counts =>
  JSON.parse(readFileSync(join(root, ALLOWANCES[kind]), 'utf8')) as Counts;

/** Lowers the allowance to the current counts. @returns files that exceed it */
export function shrinkAllowance(root: string, kind: Kind, counts: Counts): string[] {
  const allowed = readAllowance(root, kind);
  const kept = Object.entries(allowed).flatMap(([file, max]) => {
    const count = Math.min(max, counts[file] ?? 0);
    return count > 0 ? [[file, count] as const] : [];
  });
  writeFileSync(join(root, ALLOWANCES[kind]), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
  return Object.keys(counts).filter((file) => counts[file]! > (allowed[file] ?? 0));
}
