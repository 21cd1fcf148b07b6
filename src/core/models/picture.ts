/** Diagram of an architecture: blocks along the residual stream, bottom up, with their weights. */
import { formatCount } from '../base/units';
import type { Classes } from './spec';

export interface Picture {
  /** Side by side: an encoder, then the decoder that reads it. */
  stacks: readonly Stack[];
}

export interface Stack {
  /** Present if there are several stacks. */
  name?: string;
  /** Rows of the stream: tokens. */
  rows: number;
  /** Labels of the input at the bottom and the output at the top. */
  from: string;
  to: string;
  before: readonly Piece[];
  /** Repeated blocks; one is drawn. */
  blocks: { times: number; branches: readonly Branch[] };
  after: readonly Piece[];
}

/** A branch that leaves the stream and is added to it at its end. */
export interface Branch {
  pieces: readonly Piece[];
  /** After the addition, where the stream itself is normalized. */
  after?: readonly Piece[];
}

export interface Piece {
  name: string;
  /** Short detail: heads, inner width. */
  detail?: string;
  /** A norm, which only scales each row: drawn flat. */
  isNorm?: true;
  /** Names of its weights in the parameter table; for repeated blocks, those of the first. */
  weights: readonly string[];
  /** Columns after it, if their number changes. */
  columns?: number;
}

/** "4 heads of 32"; without the width if it isn't an integer. */
export const headWords = (heads: number, width: number): string =>
  `${formatCount(heads)} ${heads === 1 ? 'head' : 'heads'}${Number.isInteger(width) ? ` of ${formatCount(width)}` : ''}`;

/** Language-model head; `own`: its matrix, if it isn't tied to the token embedding. */
export const logits = (own: string | undefined | false, vocabulary: number): Piece => ({
  name: own ? 'Logits' : 'Logits, tied',
  weights: own ? [own] : [],
  columns: vocabulary,
});

/** Classification head. */
export const labelScores = ({ labels }: Classes, weights: readonly string[]): Piece => ({
  name: 'Labels',
  weights,
  columns: labels.length,
});

/** All pieces of a stack, with their repetitions. */
export function* piecesOf({ before, blocks, after }: Stack): Generator<{ piece: Piece; times: number }> {
  for (const piece of before) yield { piece, times: 1 };
  for (const { pieces, after: normed = [] } of blocks.branches)
    for (const piece of [...pieces, ...normed]) yield { piece, times: blocks.times };
  for (const piece of after) yield { piece, times: 1 };
}
