/** Finds traces of a removed text in runs that were trained on it. */
import { formatCount, formatShare } from '../base/units';
import { trainingSize, type TextRecord } from '../documents/record';
import type { RunRecord } from './record';
import type { DataFacts } from './settings';

export interface TextUse {
  runId: string;
  name: string;
  /**
   * First and last step trained on the text; steps between may have other texts. Both 0 if only the base was trained on it,
   * before tuning.
   */
  from: number;
  to: number;
  /** Share of that step's training characters. */
  share: number;
  /** Whether the run's data has the text's tokens, so that it can resume with them. */
  hasTokens: boolean;
}

/** Runs trained on a text, newest first, in its original or current cleaned version, by their records. */
export function usesOf(runs: readonly RunRecord[], text: TextRecord): readonly TextUse[] {
  const hashes = new Set([text.sha256, trainingSize(text).sha256]);
  const shareIn = (facts: DataFacts | null): number | undefined => {
    const texts = facts?.texts ?? [];
    const usedText = texts.find(({ sha256, cleaned }) => hashes.has(sha256) || cleaned?.from === text.sha256);
    return usedText && usedText.characters / texts.reduce((sum, each) => sum + each.characters, 0);
  };
  return runs.flatMap(({ id, name, step, segments, old, removedAt }) => {
    if (removedAt !== undefined) return [];
    const uses = segments.flatMap(({ after, data }, i) => {
      const to = segments[i + 1]?.after ?? step;
      const share = shareIn(data.facts);
      if (share === undefined || to <= after) return [];
      return [{ from: after + 1, to, share, isNewest: i === segments.length - 1, data }];
    });
    const last = uses.at(-1);
    const baseShare = old && shareIn(old.facts);
    if (!last && baseShare !== undefined)
      return [{ runId: id, name, from: 0, to: 0, share: baseShare, hasTokens: old?.id !== null }];
    if (!last) return [];
    const hasTokens = last.isNewest && last.data.id !== null;
    return [{ runId: id, name, from: uses[0]!.from, to: last.to, share: last.share, hasTokens }];
  });
}

/** Combines several texts: each run once, with its share of all of them. */
export function mergeUses(usesByText: readonly (readonly TextUse[])[]): readonly TextUse[] {
  const runs = new Map<string, TextUse>();
  for (const use of usesByText.flat()) {
    const merged = runs.get(use.runId);
    runs.set(
      use.runId,
      merged
        ? {
            ...merged,
            from: Math.min(merged.from, use.from),
            to: Math.max(merged.to, use.to),
            share: merged.share + use.share,
            hasTokens: merged.hasTokens || use.hasTokens,
          }
        : use,
    );
  }
  return [...runs.values()];
}

/** Summary in a sentence or two; undefined if no run was trained on the text. */
export function usesWords(uses: readonly TextUse[], texts = 1): string | undefined {
  if (uses.length === 0) return undefined;
  const described = uses.slice(0, MAX_NAMED).map(({ name, from, to, share }) => {
    const when = to === 0 ? 'before it was tuned' : `steps ${formatCount(Math.max(1, from))} to ${formatCount(to)}`;
    return `${name} (${when}, ${formatShare(share)} of its text)`;
  });
  const others = uses.length - described.length;
  const names = [...described, ...(others > 0 ? [`${formatCount(others)} more`] : [])].join(', ');
  const isSingle = uses.length === 1;
  const textPronoun = texts === 1 ? 'it' : 'them';
  const [subject, possessive, pronoun] = isSingle ? ['This run', 'Its', 'it'] : ['These runs', 'Their', 'they'];
  const tokens = uses.some(({ hasTokens }) => hasTokens)
    ? `, and ${possessive.toLowerCase()} data keeps ${texts === 1 ? 'its' : 'their'} tokens`
    : '';
  return `${subject} trained on ${textPronoun}: ${names}. ${possessive} weights keep what ${pronoun} learned${tokens}, until you delete ${isSingle ? 'it' : 'them'}.`;
}
const MAX_NAMED = 3;
