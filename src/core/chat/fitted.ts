/** Shortens conversations that are longer than a row: drops exchanges from the end, but never part of an answer. */
import type { RenderedChat } from './renderChat';

interface FittedConversation {
  rendered: RenderedChat;
  /** Number of dropped exchanges, each a question and its answer. */
  leftOut: number;
}

/**
 * Returns the first exchanges of a conversation that fit.
 * @param max maximum number of IDs, including the last target
 * @returns null if not even the first exchange fits
 */
export function fitted(rendered: RenderedChat, max: number): FittedConversation | null {
  const { ids, lossRanges, turns } = rendered;
  if (ids.length <= max) return { rendered, leftOut: 0 };
  // Text that the template writes after the last answer belongs to no exchange.
  const lastFitting = lossRanges.findLastIndex(([, to]) => to <= max);
  if (lastFitting < 0) return null;
  const end = lossRanges[lastFitting]![1];
  const lastTurn = turns.findIndex((turn) => turn.end >= end);
  return {
    rendered: {
      ids: ids.slice(0, end),
      lossRanges: lossRanges.slice(0, lastFitting + 1),
      turns: [...turns.slice(0, lastTurn), { ...turns[lastTurn]!, end }],
    },
    leftOut: lossRanges.length - lastFitting - 1,
  };
}

interface FittedConversations {
  rows: readonly RenderedChat[];
  /** Number of shortened conversations, and of their dropped exchanges. */
  shortened: number;
  leftOut: number;
  /** Indices of the conversations whose first exchange is too long. */
  tooLong: readonly number[];
}

/** Fits many conversations, and counts the changes. */
export function fitConversations(conversations: readonly RenderedChat[], max: number): FittedConversations {
  const rows: RenderedChat[] = [];
  const tooLong: number[] = [];
  let [shortened, leftOut] = [0, 0];
  for (const [i, rendered] of conversations.entries()) {
    const result = fitted(rendered, max);
    if (!result) {
      tooLong.push(i);
      continue;
    }
    rows.push(result.rendered);
    leftOut += result.leftOut;
    if (result.leftOut > 0) shortened++;
  }
  return { rows, shortened, leftOut, tooLong };
}
