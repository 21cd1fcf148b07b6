/** Inputs of one attention call: sizes, and the columns of queries, keys and values in the given matrices. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { HomegrownError } from '../base/errors';
import type { DropoutSettings } from './dropout';
import type { Gradients } from './op';

/** `qkv` for self-attention, otherwise `q` and `kv`. */
export type X = {
  qkv?: Tensor2D | undefined;
  q?: Tensor2D | undefined;
  kv?: Tensor2D | undefined;
  lengths?: Tensor1D | undefined;
  /** Position of each token in its document, and the end of its document in its row; both or neither. */
  places?: Tensor1D | undefined;
  ends?: Tensor1D | undefined;
  bias?: Tensor3D | undefined;
  /** Seed and step; required with `dropout`. */
  counter?: Tensor | undefined;
};
export interface Settings {
  /** B: number of sequences in the rows. */
  rows: number;
  heads: number;
  /** Number of key-value heads, a divisor of `heads`; equal to `heads` by default. */
  kvHeads?: number;
  causal: boolean;
  /** Sliding window: number of keys that a query sees at most; unlimited by default. */
  window?: number;
  /** Scale of the scores; 1 / sqrt(D) by default. */
  scale?: number;
  /** Dropout of the weights p. */
  dropout?: DropoutSettings;
  /**
   * Receives the weights p, [B heads Tq, Tk], and returns the weights to use, before their dropout. Attention then runs op
   * by op; absent: in one op, which never stores all weights.
   */
  weights?: (p: Tensor2D) => Tensor2D;
}

export interface Form {
  B: number;
  Tq: number;
  Tk: number;
  /** Number of query heads, and of key-value heads. */
  H: number;
  KV: number;
  /** Columns of a head. */
  D: number;
  causal: boolean;
  /** Less than Tk; undefined if it would exclude nothing. */
  window: number | undefined;
  scale: number;
  /** Whether `lengths` limits the keys. */
  hasLengths: boolean;
  /** Whether rows hold documents that do not see each other. */
  isPacked: boolean;
  /** Whether a `bias` is added to the scores. */
  hasBias: boolean;
  /** Undefined if nothing is dropped. */
  dropout: DropoutSettings | undefined;
  q: Columns;
  /** `start` is the first column of the keys; values begin KV D columns further. */
  kv: Columns;
}
interface Columns {
  stride: number;
  start: number;
}
/** Number of query-key pairs in all sequences and heads; an upper bound if lengths or documents limit the keys. */
export function queryKeyPairs({ B, Tq, Tk, H, causal, window = Tk }: Form): number {
  const growing = Math.min(Tq, window); // queries that see one key more than the one before
  return B * H * (causal ? (growing * (growing + 1)) / 2 + (Tq - growing) * window : Tq * window);
}
export const columnsOfValues = ({ kv, KV, D }: Form): Columns => ({ ...kv, start: kv.start + KV * D });

export function formOf(x: X, settings: Settings): Form {
  const { rows, heads, kvHeads = heads, causal, window, scale, dropout } = settings;
  const [q, kv] = matrices(x);
  const isFused = x.qkv !== undefined;
  const D = isFused ? q.shape[1] / (heads + 2 * kvHeads) : q.shape[1] / heads;
  const width = isFused ? q.shape[1] : 2 * kvHeads * D;
  const [Tq, Tk] = [q.shape[0] / rows, kv.shape[0] / rows];
  if (![D, Tq, Tk, heads / kvHeads].every(Number.isInteger) || kv.shape[1] !== width) {
    const shapes = [q, kv].map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');
    const split = `${rows} sequences, ${heads} heads and ${kvHeads} heads of keys`;
    throw new HomegrownError('bug', `Attention over ${shapes} does not divide into ${split}.`);
  }
  if (window !== undefined && !(Number.isInteger(window) && window > 0)) {
    throw new HomegrownError('bug', `Attention's window is ${window}, and it must be a whole number from 1 on.`);
  }
  if (x.bias && x.bias.shape.join() !== [heads, Tq, Tk].join()) {
    const expectedShape = `[${heads}, ${Tq}, ${Tk}]`;
    throw new HomegrownError(
      'bug',
      `Attention's bias is [${x.bias.shape.join(', ')}], and its scores are ${expectedShape}.`,
    );
  }
  const isPacked = x.places !== undefined;
  if (isPacked !== (x.ends !== undefined) || (isPacked && !(causal && Tq === Tk && !x.lengths)))
    throw new HomegrownError(
      'bug',
      'Documents in rows are for causal self-attention, by places and ends, without lengths.',
    );
  for (const perToken of [x.places, x.ends])
    if (perToken && perToken.size !== rows * Tq)
      throw new HomegrownError('bug', `Attention over ${rows * Tq} tokens was given documents of ${perToken.size}.`);
  const isDropping = dropout !== undefined && dropout.probability > 0;
  if (isDropping && !x.counter) throw new HomegrownError('bug', 'Attention dropout needs a counter.');
  return {
    B: rows,
    Tq,
    Tk,
    H: heads,
    KV: kvHeads,
    D,
    causal,
    window: window !== undefined && window < Tk ? window : undefined,
    scale: scale ?? 1 / Math.sqrt(D),
    hasLengths: x.lengths !== undefined,
    isPacked,
    hasBias: x.bias !== undefined,
    dropout: isDropping ? dropout : undefined,
    q: { stride: q.shape[1], start: 0 },
    kv: { stride: width, start: isFused ? heads * D : 0 },
  };
}

/** Returns the matrix of the queries, and that of keys and values: the same one in self-attention. */
export function matrices({ qkv, q, kv }: X): readonly [Tensor2D, Tensor2D] {
  const queries = qkv ?? q;
  const keys = qkv ?? kv;
  if (!queries || !keys) throw new HomegrownError('bug', 'Attention was called without qkv, or q and kv.');
  return [queries, keys];
}

/** Returns gradients under the names of the input matrices. */
export const gradientsOf = (
  { qkv }: X,
  dq: Tensor | false,
  dkv: Tensor | false,
  bias?: Tensor | false,
): Gradients<X> => ({ ...(qkv ? { qkv: dq } : { q: dq, kv: dkv }), bias });
