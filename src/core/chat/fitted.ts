/** Shortens conversations that are longer than a row: drops exchanges from the end, but never part of an answer. */
import type { Painted } from './painted';

interface Fitted {
  painted: Painted;
  /** Exchanges that were left out, each a question and its answer. */
  leftOut: number;
}

/**
 * Returns the first exchanges of a conversation that fit.
 * @param most maximum number of ids, including the last target
 * @returns null if not even the first exchange fits
 */
export function fitted(painted: Painted, max: number): Fitted | null {
  const { ids, learnt, turns } = painted;
  if (ids.length <= max) return { painted, leftOut: 0 };
  // What a template writes after the last answer belongs to no exchange.
  const fitting = learnt.findLastIndex(([, to]) => to <= max);
  if (fitting < 0) return null;
  const end = learnt[fitting]![1];
  const cut = turns.findIndex(({ to }) => to >= end);
  return {
    painted: {
      ids: ids.slice(0, end),
      learnt: learnt.slice(0, fitting + 1),
      turns: [...turns.slice(0, cut), { ...turns[cut]!, to: end }],
    },
    leftOut: learnt.length - fitting - 1,
  };
}

interface FittedAll {
  rows: readonly Painted[];
  /** Conversations that lost exchanges, and how many these were. */
  shortened: number;
  leftOut: number;
  /** Indices of the conversations whose first exchange is too long. */
  tooLong: readonly number[];
}

/** The same of many, counted. */
export function allFitted(conversations: readonly Painted[], max: number): FittedAll {
  const rows: Painted[] = [];
  const tooLong: number[] = [];
  let [shortened, leftOut] = [0, 0];
  for (const [i, painted] of conversations.entries()) {
    const found = fitted(painted, max);
    if (!found) {
      tooLong.push(i);
      continue;
    }
    rows.push(found.painted);
    leftOut += found.leftOut;
    if (found.leftOut > 0) shortened++;
  }
  return { rows, shortened, leftOut, tooLong };
}
