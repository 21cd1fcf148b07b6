/** What remains of a text in runs that learnt from it, once the text itself is removed. */
import { formatCount, formatShare } from '../base/units';
import { learntOf, type TextRecord } from '../documents/record';
import type { RunRecord } from './record';

export interface Learnt {
  runId: string;
  name: string;
  /** The first step and the last that learnt from it; others between may have learnt from other texts. */
  from: number;
  to: number;
  /** Of the characters that it learnt from at the last of these. */
  share: number;
  /** Its data hold the text's tokens, with which it goes on. */
  hasTokens: boolean;
}

/** The runs that learnt from a text, newest first, whole or without what is left out of it now, as their records say it. */
export function learntFrom(runs: readonly RunRecord[], text: TextRecord): readonly Learnt[] {
  const hashes = new Set([text.sha256, learntOf(text).sha256]);
  return runs.flatMap(({ id, name, step, segments, removedAt }) => {
    if (removedAt !== undefined) return [];
    const own = segments.flatMap(({ after, data }, i) => {
      const to = segments[i + 1]?.after ?? step;
      const texts = data.facts?.texts ?? [];
      const characters = texts.find(
        ({ sha256, cleaned }) => hashes.has(sha256) || cleaned?.from === text.sha256,
      )?.characters;
      if (characters === undefined || to <= after) return [];
      const all = texts.reduce((sum, each) => sum + each.characters, 0);
      return [{ from: after + 1, to, share: characters / all, isNewest: i === segments.length - 1, data }];
    });
    const last = own.at(-1);
    if (!last) return [];
    const hasTokens = last.isNewest && last.data.id !== null;
    return [{ runId: id, name, from: own[0]!.from, to: last.to, share: last.share, hasTokens }];
  });
}

/** Of several texts: each run once, over all of them. */
export function learntTogether(each: readonly (readonly Learnt[])[]): readonly Learnt[] {
  const runs = new Map<string, Learnt>();
  for (const one of each.flat()) {
    const before = runs.get(one.runId);
    runs.set(
      one.runId,
      before
        ? {
            ...before,
            from: Math.min(before.from, one.from),
            to: Math.max(before.to, one.to),
            share: before.share + one.share,
            hasTokens: before.hasTokens || one.hasTokens,
          }
        : one,
    );
  }
  return [...runs.values()];
}

/** As a sentence or two; undefined where no run learnt from it. */
export function learntWords(learnt: readonly Learnt[], texts = 1): string | undefined {
  if (learnt.length === 0) return undefined;
  const shown = learnt.slice(0, MOST_NAMED).map(({ name, from, to, share }) => {
    return `${name} (steps ${formatCount(from)} to ${formatCount(to)}, ${formatShare(share)} of its text)`;
  });
  const others = learnt.length - shown.length;
  const names = [...shown, ...(others > 0 ? [`${formatCount(others)} more`] : [])].join(', ');
  const [who, whose] = learnt.length === 1 ? ['This run', 'its'] : ['These runs', 'their'];
  const tokens = learnt.some(({ hasTokens }) => hasTokens)
    ? `, and ${texts === 1 ? 'its' : 'their'} tokens in ${whose} data`
    : '';
  return `${who} learnt from ${texts === 1 ? 'it' : 'them'}: ${names}. What was learnt stays in ${whose} weights${tokens}, until you delete ${learnt.length === 1 ? 'it' : 'them'}.`;
}
const MOST_NAMED = 3;
