/** Stored form of Playground texts: the shown one, and those that newer ones replaced. */
import { type EarlierText, MAX_EARLIER, type WrittenRecord } from '../core/runs/playground';
import type { PlaygroundSlice } from './slices/playground';

type Written = Pick<
  PlaygroundSlice,
  'earlier' | 'filled' | 'said' | 'writing' | 'written' | 'writtenAfter' | 'writtenBy' | 'writtenWith'
>;

/** The text so far, with earlier ones; undefined without text, or for labels. A text in progress counts as stopped. */
export function writtenRecord(s: Written, now: number): WrittenRecord | undefined {
  const { writtenBy: by, writtenWith: sampling, written, filled, writing, said, writtenAfter: prompt, earlier } = s;
  if (!by || !sampling || (written.length === 0 && !filled)) return undefined;
  if (writing.kind !== 'writing' && writing.kind !== 'done') return undefined;
  const isDone = writing.kind === 'done';
  const reason = isDone && writing.reason !== 'classified' ? writing.reason : 'stopped';
  const ms = isDone ? writing.ms : now - writing.since;
  const leftOut = isDone ? writing.leftOut : undefined;
  return {
    ...{ version: 1, by, prompt, sampling, said, tokens: written },
    filled,
    outcome: { reason, ms, ...(leftOut !== undefined && { leftOut }) },
    ...(earlier.length > 0 && { earlier }),
  };
}

/** A record that shows an earlier text again. */
export const recordOfEarlier = (text: EarlierText, earlier: readonly EarlierText[]): WrittenRecord => ({
  ...{ version: 1, said: [], filled: null, ...text },
  ...(earlier.length > 0 && { earlier }),
});

/** Texts of a record, its own last; without chats and filled passages. */
export function textsOf({
  by,
  prompt,
  sampling,
  tokens,
  outcome,
  earlier = [],
}: WrittenRecord): readonly EarlierText[] {
  if (by.isChat || tokens.length === 0) return earlier;
  const text = { by, prompt, sampling, tokens, outcome };
  return [...earlier.filter((other) => !isSame(other, text)), text].slice(-MAX_EARLIER);
}

/** Earlier texts once another text replaces the shown one. */
export function earlierAfter(s: Written, now: number): readonly EarlierText[] {
  const record = writtenRecord(s, now);
  return record ? textsOf(record) : s.earlier;
}

/** Whether two texts have the same model, prompt and words. */
const isSame = (a: EarlierText, b: EarlierText): boolean =>
  a.by.runId === b.by.runId && a.by.step === b.by.step && a.prompt === b.prompt && wordsOf(a) === wordsOf(b);
const wordsOf = ({ tokens }: EarlierText): string => tokens.map(({ text }) => text).join('');
