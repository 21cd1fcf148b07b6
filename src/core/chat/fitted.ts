/** Shortens conversations that are longer than a row: drops exchanges from the end, but never part of an answer. */
import type { RenderedChat } from './renderChat';

interface Fitted {
  rendered: RenderedChat;
  /** Number of dropped exchanges, each a question and its answer. */
  leftOut: number;
}

/**
 * Returns the first exchanges of a conversation that fit.
 * @param max maximum number of IDs, including the last target
 * @returns null if not even the first exchange fits
 */
export function fitted(rendered: RenderedChat, max: number): Fitted | null {
  const { ids, lossRanges, turns } = rendered;
  if (ids.length <= max) return { rendered, leftOut: 0 };
  // Text that the template writes after the last answer belongs to no exchange.
  const fitting = lossRanges.findLastIndex(([, to]) => to <= max);
  if (fitting < 0) return null;
  const end = lossRanges[fitting]![1];
  const cut = turns.findIndex(({ to }) => to >= end);
  return {
    rendered: {
      ids: ids.slice(0, end),
      lossRanges: lossRanges.slice(0, fitting + 1),
      turns: [...turns.slice(0, cut), { ...turns[cut]!, to: end }],
    },
    leftOut: lossRanges.length - fitting - 1,
  };
}

interface FittedAll {
  rows: readonly RenderedChat[];
  /** Number of shortened conversations, and of their dropped exchanges. */
  shortened: number;
  leftOut: number;
  /** Indices of the conversations whose first exchange is too long. */
  tooLong: readonly number[];
}

/** Fits many conversations, and counts the changes. */
export function allFitted(conversations: readonly RenderedChat[], max: number): FittedAll {
  const rows: RenderedChat[] = [];
  const tooLong: number[] = [];
  let [shortened, leftOut] = [0, 0];
  for (const [i, rendered] of conversations.entries()) {
    const found = fitted(rendered, max);
    if (!found) {
      tooLong.push(i);
      continue;
    }
    rows.push(found.rendered);
    leftOut += found.leftOut;
    if (found.leftOut > 0) shortened++;
  }
  return { rows, shortened, leftOut, tooLong };
}
