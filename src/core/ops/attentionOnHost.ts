/**
 * Attention one head at a time. wasm multiplies a single pair of matrices ten times faster than a batch of pairs, and
 * slicing heads out with TensorFlow.js costs more than the product, so they are gathered and scattered here.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs';
import { columnsOfValues, type Form, formOf, gradientsOf, matrices, type Settings, type X } from './attentionForm';
import type { Differentiable } from './op';

/** p [B H, Tq, Tk]: of each matrix the first Tq K elements are used, [Tq, K], where the sequence has K keys. */
type Saved = X & { p: Tensor3D };

export const attentionOnHost: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const { B, Tq, Tk, H, D, scale, causal } = form;
    const [fromQ, fromKV] = matrices(x).map((matrix) => matrix.dataSync<'float32'>()) as [Float32Array, Float32Array];
    const bias = x.bias?.dataSync<'float32'>();
    const y = new Float32Array(B * Tq * H * D);
    const p = new Float32Array(B * H * Tq * Tk);
    const { q, k, v, transposed } = room(form);
    forEachHead(form, x.lengths, ({ keys, queries, K }) => {
      gatherRows(fromKV, k, keys.k, K, D);
      gatherRows(fromKV, v, keys.v, K, D);
      transpose(k, transposed, K, D);
      for (const { at, head, out } of queries) {
        gatherRows(fromQ, q, at, Tq, D);
        const probabilities = p.subarray(head * Tq * Tk, head * Tq * Tk + Tq * K);
        const scores = product(q, transposed, Tq, D, K);
        if (bias) plusBias(scores, bias.subarray((head % H) * Tq * Tk), Tq, K, Tk, scale);
        softmaxOfSeen(scores, probabilities, Tq, K, causal, bias ? 1 : scale);
        add(product(probabilities, v, Tq, K, D), y, out, Tq, D);
      }
    });
    return { y: tf.tensor2d(y, [B * Tq, H * D]), saved: { ...x, p: tf.tensor3d(p, [B * H, Tq, Tk]) } };
  },
  backward(dy, { p, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const { Tq, Tk, H, D, scale, causal } = form;
    const [matrixQ, matrixKV] = matrices(x);
    const [fromQ, fromKV] = [matrixQ.dataSync<'float32'>(), matrixKV.dataSync<'float32'>()];
    const dout = dy.dataSync<'float32'>();
    const all = p.dataSync<'float32'>();
    const intoQ = new Float32Array(matrixQ.size);
    const intoKV = matrixQ === matrixKV ? intoQ : new Float32Array(matrixKV.size);
    const dBias = needsGradient.bias && new Float32Array(x.bias!.size);
    const [ofQueries, ofKeys] = [needsGradient.qkv || needsGradient.q, needsGradient.qkv || needsGradient.kv];
    const { q, k, v, transposed, slopes } = room(form);
    const square = new Float32Array(Tq * Tk);
    forEachHead(form, x.lengths, ({ keys, queries, K }) => {
      gatherRows(fromKV, k, keys.k, K, D);
      gatherRows(fromKV, v, keys.v, K, D);
      transpose(v, transposed, K, D);
      for (const { at, head, out } of queries) {
        gatherRows(fromQ, q, at, Tq, D);
        gatherRows(dout, slopes, out, Tq, D);
        const probabilities = all.subarray(head * Tq * Tk, head * Tq * Tk + Tq * K);
        const ds = product(slopes, transposed, Tq, D, K);
        throughSoftmax(ds, probabilities, Tq, K, causal, dBias ? 1 : scale);
        if (dBias) addAndScale(ds, dBias.subarray((head % H) * Tq * Tk), Tq, K, Tk, scale);
        if (ofQueries) add(product(ds, k, Tq, K, D), intoQ, at, Tq, D);
        if (!ofKeys) continue;
        transpose(ds, square, Tq, K);
        add(product(square, q, K, Tq, D), intoKV, keys.k, K, D);
        transpose(probabilities, square, Tq, K);
        add(product(square, slopes, K, Tq, D), intoKV, keys.v, K, D);
      }
    });
    const [dq, dkv] = [tf.tensor2d(intoQ, matrixQ.shape), tf.tensor2d(intoKV, matrixKV.shape)];
    return gradientsOf(x, dq, dkv, dBias && tf.tensor3d(dBias, x.bias!.shape));
  },
};

/** A head's [T, D] in a matrix: its first element, and elements from row to row. */
interface Place {
  first: number;
  stride: number;
}
interface Head {
  keys: { k: Place; v: Place };
  /** The heads of queries that share these keys: where in q, which of B H, where in y. */
  queries: { at: Place; head: number; out: Place }[];
  /** Keys that this sequence has. */
  K: number;
}

/** Heads of keys of every sequence that has any. */
function forEachHead(form: Form, lengths: Tensor1D | undefined, act: (head: Head) => void): void {
  const { B, Tq, Tk, H, KV, D } = form;
  const values = columnsOfValues(form);
  const place = (row: number, { stride, start }: Form['kv'], head: number): Place => ({
    first: row * stride + start + head * D,
    stride,
  });
  const limits = lengths?.dataSync<'int32'>();
  for (let b = 0; b < B; b++) {
    const K = limits ? Math.max(0, Math.min(Tk, limits[b]!)) : Tk;
    for (let shared = 0; K > 0 && shared < KV; shared++) {
      const queries = Array.from({ length: H / KV }, (_, i) => {
        const head = (shared * H) / KV + i;
        const out = place(b * Tq, { stride: H * D, start: 0 }, head);
        return { at: place(b * Tq, form.q, head), head: b * H + head, out };
      });
      act({ keys: { k: place(b * Tk, form.kv, shared), v: place(b * Tk, values, shared) }, queries, K });
    }
  }
}

/** Matrices that every head uses again. */
function room({ Tq, Tk, D }: Form) {
  const [q, slopes, k, v, transposed] = [Tq, Tq, Tk, Tk, Tk].map((T) => new Float32Array(T * D));
  return { q: q!, slopes: slopes!, k: k!, v: v!, transposed: transposed! };
}

/** [T, D] out of a matrix. */
function gatherRows(from: Float32Array, part: Float32Array, { first, stride }: Place, T: number, D: number): void {
  for (let t = 0; t < T; t++) {
    const start = first + t * stride;
    for (let d = 0; d < D; d++) part[t * D + d] = from[start + d]!;
  }
}
function add(part: Float32Array, into: Float32Array, { first, stride }: Place, T: number, D: number): void {
  for (let t = 0; t < T; t++) {
    const start = first + t * stride;
    for (let d = 0; d < D; d++) into[start + d]! += part[t * D + d]!;
  }
}

/** scores [Tq, K] = scale scores + the first K columns of bias [Tq, Tk]. */
function plusBias(scores: Float32Array, bias: Float32Array, Tq: number, K: number, Tk: number, scale: number): void {
  for (let i = 0; i < Tq; i++) {
    for (let j = 0; j < K; j++) scores[i * K + j] = scores[i * K + j]! * scale + bias[i * Tk + j]!;
  }
}
/** Adds ds [Tq, K] to the first K columns of dBias [Tq, Tk], then makes of it the gradient of q . k. */
function addAndScale(ds: Float32Array, dBias: Float32Array, Tq: number, K: number, Tk: number, scale: number): void {
  for (let i = 0; i < Tq; i++) {
    for (let j = 0; j < K; j++) {
      dBias[i * Tk + j]! += ds[i * K + j]!;
      ds[i * K + j]! *= scale;
    }
  }
}

/** x [rows, columns] -> y [columns, rows]. */
function transpose(x: Float32Array, y: Float32Array, rows: number, columns: number): void {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c]!;
}

/** [M, K] [K, N] -> [M, N]. Not in a tidy, which would look for tensors in every element of its result. */
function product(a: Float32Array, b: Float32Array, M: number, K: number, N: number): Float32Array {
  if (M === 1) return combination(a, b, K, N);
  const tensors = [tf.tensor2d(exactly(a, M * K), [M, K]), tf.tensor2d(exactly(b, K * N), [K, N])] as const;
  const result = tf.matMul(...tensors);
  const values = result.dataSync<'float32'>();
  tf.dispose([...tensors, result]);
  return values;
}
/** [1, K] [K, N] -> [1, N]: done before TensorFlow.js has begun. */
function combination(a: Float32Array, b: Float32Array, K: number, N: number): Float32Array {
  const y = new Float32Array(N);
  for (let k = 0; k < K; k++) {
    const factor = a[k]!;
    for (let n = 0; n < N; n++) y[n]! += factor * b[k * N + n]!;
  }
  return y;
}
const exactly = (x: Float32Array, n: number): Float32Array => (x.length === n ? x : x.subarray(0, n));

/** How many of K keys query i sees. */
const seenBy = (i: number, K: number, causal: boolean): number => (causal ? Math.min(i + 1, K) : K);

/** p[i] = softmax(scale s[i, j]) over the seen; `p` is 0 elsewhere already. */
function softmaxOfSeen(s: Float32Array, p: Float32Array, Tq: number, K: number, causal: boolean, scale: number): void {
  for (let i = 0; i < Tq; i++) {
    const start = i * K;
    const end = start + seenBy(i, K, causal);
    let highest = -Infinity;
    for (let j = start; j < end; j++) if (s[j]! > highest) highest = s[j]!;
    let sum = 0;
    for (let j = start; j < end; j++) {
      const e = Math.exp((s[j]! - highest) * scale);
      p[j] = e;
      sum += e;
    }
    for (let j = start; j < end; j++) p[j]! /= sum;
  }
}

/** ds = scale p (dp - rowsum(dp p)), in place of dp. */
function throughSoftmax(
  dp: Float32Array,
  p: Float32Array,
  Tq: number,
  K: number,
  causal: boolean,
  scale: number,
): void {
  for (let i = 0; i < Tq; i++) {
    const start = i * K;
    const end = start + seenBy(i, K, causal);
    let inner = 0;
    for (let j = start; j < end; j++) inner += dp[j]! * p[j]!;
    for (let j = start; j < start + K; j++) dp[j] = j < end ? scale * p[j]! * (dp[j]! - inner) : 0;
  }
}
