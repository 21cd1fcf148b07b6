/** An architecture as a picture: what a row of the stream passes through, bottom up, and where its weights are. */
import { formatCount } from '../base/units';
import type { Classes } from './spec';

export interface Picture {
  /** Side by side: an encoder, then the decoder that reads it. */
  stacks: readonly Stack[];
}

export interface Stack {
  /** Where there are several. */
  name?: string;
  /** Of the stream: tokens at once. */
  rows: number;
  /** What goes in at the bottom, and what comes out at the top. */
  from: string;
  to: string;
  before: readonly Piece[];
  /** Repeated blocks; one is drawn. */
  blocks: { times: number; branches: readonly Branch[] };
  after: readonly Piece[];
}

/** Leaves the stream, and is added to it at its end. */
export interface Branch {
  pieces: readonly Piece[];
  /** After the addition, where the stream itself is normalized. */
  after?: readonly Piece[];
}

export interface Piece {
  name: string;
  /** In few words: heads, inner width. */
  detail?: string;
  /** It works on each row by itself and only scales it: drawn flat. */
  isNorm?: true;
  /** Its weights, by their names in the parameter table; of a block, those of the first. */
  weights: readonly string[];
  /** Columns of a row after it, where they are others than before. */
  columns?: number;
}

/** "4 heads of 32"; without their width where it is no whole number. */
export const headWords = (heads: number, width: number): string =>
  `${formatCount(heads)} ${heads === 1 ? 'head' : 'heads'}${Number.isInteger(width) ? ` of ${formatCount(width)}` : ''}`;

/** What scores every token; `own`: its matrix, where it is not the embedding of tokens. */
export const logits = (own: string | undefined | false, vocabulary: number): Piece => ({
  name: own ? 'Logits' : 'Logits, tied',
  weights: own ? [own] : [],
  columns: vocabulary,
});

/** What scores every label of a classifier. */
export const labelScores = ({ labels }: Classes, weights: readonly string[]): Piece => ({
  name: 'Labels',
  weights,
  columns: labels.length,
});

/** All pieces of a stack with how often each is there. */
export function* piecesOf({ before, blocks, after }: Stack): Generator<{ piece: Piece; times: number }> {
  for (const piece of before) yield { piece, times: 1 };
  for (const { pieces, after: normed = [] } of blocks.branches)
    for (const piece of [...pieces, ...normed]) yield { piece, times: blocks.times };
  for (const piece of after) yield { piece, times: 1 };
}
