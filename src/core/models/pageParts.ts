/** Shared parts of the offline page's inference, for architectures whose linear layers are stored as [out, in]. */
import type { Kernels } from './page';
import type { BaseConfig, Pooling } from './spec';

/** y [rows, outs] = x [rows, ins] w^T + bias; w [outs, ins]. */
export function linear(
  kernels: Kernels,
  w: Float32Array,
  x: Float32Array,
  y: Float32Array,
  { rows, ins, outs }: { rows: number; ins: number; outs: number },
  bias?: Float32Array,
): void {
  for (let r = 0; r < rows; r++) {
    const row = y.subarray(r * outs, (r + 1) * outs);
    kernels.score(w, x.subarray(r * ins, (r + 1) * ins), row, ins);
    if (bias) for (let c = 0; c < outs; c++) row[c]! += bias[c]!;
  }
}

interface Attending {
  heads: number;
  /** Columns of a row of queries, keys or values: all heads. */
  width: number;
  /** Scale of q k before the softmax. */
  scale: number;
  /** Returns the bias of a head's score of query and key, by their positions. */
  bias?: (head: number, query: number, key: number) => number;
}

/**
 * mixed [width] of row r: every head's softmax(scale q k + bias) v over keys 0 to `seen` - 1.
 * queries, mixed [rows, width]; keys, values [at least `seen`, width]; place: the query's, for bias; shares: scratch
 */
export function attendRow(
  { heads, width, scale, bias }: Attending,
  [queries, keys, values, mixed]: readonly [Float32Array, Float32Array, Float32Array, Float32Array],
  { row, place, seen }: { row: number; place: number; seen: number },
  shares: Float64Array,
): void {
  const D = width / heads;
  for (let head = 0; head < heads; head++) {
    const at = head * D;
    const q = row * width + at;
    let highest = -Infinity;
    for (let j = 0; j < seen; j++) {
      let dot = 0;
      for (let d = 0; d < D; d++) dot += queries[q + d]! * keys[j * width + at + d]!;
      shares[j] = scale * dot + (bias?.(head, place, j) ?? 0);
      if (shares[j]! > highest) highest = shares[j]!;
    }
    let total = 0;
    for (let j = 0; j < seen; j++) total += shares[j] = Math.exp(shares[j]! - highest);
    mixed.fill(0, q, q + D);
    for (let j = 0; j < seen; j++) {
      const share = shares[j]! / total;
      for (let d = 0; d < D; d++) mixed[q + d]! += share * values[j * width + at + d]!;
    }
  }
}

/** x / 2 (1 + tanh u), which is x / (1 + e^-2u): GPT-2's approximation (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
export const geluTanh = (v: number): number => v / (1 + Math.exp(TANH * (v + 0.044715 * v * v * v)));
const TANH = -2 * Math.sqrt(2 / Math.PI);

/** x Φ(x), by the error function to 1.5e-7: Abramowitz & Stegun 1964, 7.1.26. */
export function geluErf(v: number): number {
  const x = Math.abs(v) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const half = 0.5 * tail * Math.exp(-x * x);
  return v * (v < 0 ? half : 1 - half);
}

/** Number of scores of a model. */
export const scoresOf = ({ classes }: BaseConfig, vocabulary: number): number => classes?.labels.length ?? vocabulary;

/** Pools a classifier's rows, one at a time, into `pooled`. The first row has place 0. */
export function pooler(pooling: Pooling, pooled: Float32Array): (row: Float32Array, place: number) => void {
  return (row, place) => {
    if (place === 0 || pooling === 'last') pooled.set(row);
    else if (pooling === 'mean')
      for (let c = 0; c < row.length; c++) pooled[c]! += (row[c]! - pooled[c]!) / (place + 1);
  };
}
