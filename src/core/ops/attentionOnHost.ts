/**
 * Attention one head at a time. wasm multiplies a single pair of matrices ten times faster than a batch of pairs, and
 * slicing heads out with TensorFlow.js costs more than the product, so they are gathered and scattered here.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { onHeap } from '../gpu/wasmTensors';
import { columnsOfValues, type Form, formOf, gradientsOf, matrices, type Settings, type X } from './attentionForm';
import { keptScales } from './dropout';
import type { Differentiable } from './op';

/** p [B H, Tq, Tk]: of the rows of each block the first Q K elements are used, [Q, K], where its Q queries see K keys. */
type Saved = X & { p: Tensor3D };

export const attentionOnHost: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const { B, Tq, Tk, H, D } = form;
    const [fromQ, fromKV] = matrices(x).map((matrix) => valuesOf(matrix, Tq)) as [Float32Array, Float32Array];
    const bias = x.bias?.dataSync<'float32'>();
    const kept = droppedBy(x, form);
    const y = new Float32Array(B * Tq * H * D);
    const p = new Float32Array(B * H * Tq * Tk);
    const { q, k, v, transposed } = room(form);
    forEachHead(form, x, ({ keys, queries, block }) => {
      const { from, Q, first, K } = block;
      gatherRows(fromKV, k, keys.k, K, D);
      gatherRows(fromKV, v, keys.v, K, D);
      transpose(k, transposed, K, D);
      for (const { at, head, out } of queries) {
        gatherRows(fromQ, q, at, Q, D);
        const row = (head * Tq + from) * Tk;
        const probabilities = p.subarray(row, row + Q * K);
        const scores = product(q, transposed, Q, D, K);
        if (bias) plusBias(scores, bias.subarray(((head % H) * Tq + from) * Tk + first), block, form);
        softmaxOfSeen(scores, probabilities, block, form, bias ? 1 : form.scale);
        const weights = kept(probabilities, row + first, K);
        add(product(weights, v, Q, K, D), y, out, Q, D);
      }
    });
    return { y: tf.tensor2d(y, [B * Tq, H * D]), saved: { ...x, p: tf.tensor3d(p, [B * H, Tq, Tk]) } };
  },
  backward(dy, { p, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const { Tq, Tk, H, D } = form;
    const [matrixQ, matrixKV] = matrices(x);
    const [fromQ, fromKV] = [matrixQ.dataSync<'float32'>(), matrixKV.dataSync<'float32'>()];
    const dout = dy.dataSync<'float32'>();
    const all = p.dataSync<'float32'>();
    const kept = droppedBy(x, form);
    const intoQ = new Float32Array(matrixQ.size);
    const intoKV = matrixQ === matrixKV ? intoQ : new Float32Array(matrixKV.size);
    const dBias = needsGradient.bias && new Float32Array(x.bias!.size);
    const [ofQueries, ofKeys] = [needsGradient.qkv || needsGradient.q, needsGradient.qkv || needsGradient.kv];
    const { q, k, v, transposed, slopes } = room(form);
    const square = new Float32Array(Tq * Tk);
    forEachHead(form, x, ({ keys, queries, block }) => {
      const { from, Q, first, K } = block;
      gatherRows(fromKV, k, keys.k, K, D);
      gatherRows(fromKV, v, keys.v, K, D);
      transpose(v, transposed, K, D);
      for (const { at, head, out } of queries) {
        gatherRows(fromQ, q, at, Q, D);
        gatherRows(dout, slopes, out, Q, D);
        const row = (head * Tq + from) * Tk;
        const probabilities = all.subarray(row, row + Q * K);
        const ds = kept(product(slopes, transposed, Q, D, K), row + first, K);
        throughSoftmax(ds, probabilities, block, form, dBias ? 1 : form.scale);
        if (dBias) addAndScale(ds, dBias.subarray(((head % H) * Tq + from) * Tk + first), block, form);
        if (ofQueries) add(product(ds, k, Q, K, D), intoQ, at, Q, D);
        if (!ofKeys) continue;
        transpose(ds, square, Q, K);
        add(product(square, q, K, Q, D), intoKV, keys.k, K, D);
        transpose(kept(probabilities, row + first, K), square, Q, K);
        add(product(square, slopes, K, Q, D), intoKV, keys.v, K, D);
      }
    });
    const [dq, dkv] = [tf.tensor2d(intoQ, matrixQ.shape), tf.tensor2d(intoKV, matrixKV.shape)];
    return gradientsOf(x, dq, dkv, dBias && tf.tensor3d(dBias, x.bias!.shape));
  },
};

/** Of a single query those in place: a copy of a whole cache would take longer than the query, and nothing is made meanwhile. */
const valuesOf = (matrix: Tensor2D, queries: number): Float32Array =>
  (queries === 1 && onHeap()?.valuesOf(matrix)) || matrix.dataSync<'float32'>();

/** A head's [T, D] in a matrix: its first element, and elements from row to row. */
interface Place {
  first: number;
  stride: number;
}
interface Head {
  keys: { k: Place; v: Place };
  /** The heads of queries that share these keys: where in q, which of B H, where in y. */
  queries: { at: Place; head: number; out: Place }[];
  block: Block;
}
/** Q queries of a sequence from one on, and the K keys that any of them sees. */
interface Block {
  from: number;
  Q: number;
  first: number;
  K: number;
}

/** Of a sequence with `end` keys: of each document by itself, where `ends` says where that of each token ends. */
function blocksOf(form: Form, end: number, ends: Int32Array | undefined): Block[] {
  if (!ends) return blocksOfAll(form, end);
  const blocks: Block[] = [];
  for (let start = 0, next; start < end; start = next) {
    next = Math.min(end, Math.max(start + 1, ends[start]!));
    const own = blocksOfAll({ ...form, Tq: next - start }, next - start);
    for (const block of own) blocks.push({ ...block, from: start + block.from, first: start + block.first });
  }
  return blocks;
}

/** Queries with a window go some at a time, so that keys before and after it are not met. */
function blocksOfAll({ Tq, causal, window = Infinity }: Form, end: number): Block[] {
  if (!causal || window >= Tq) {
    const first = causal ? 0 : Math.max(0, end - window);
    return [{ from: 0, Q: Tq, first, K: end - first }];
  }
  const most = Math.max(LEAST_BLOCK, window);
  return Array.from({ length: Math.ceil(Tq / most) }, (_, i) => {
    const [from, until] = [i * most, Math.min(Tq, (i + 1) * most)];
    const first = Math.max(0, Math.min(from + 1, end) - window);
    return { from, Q: until - from, first, K: Math.min(until, end) - first };
  });
}
/** Queries at a time: fewer would call for more products than they save. */
const LEAST_BLOCK = 32;

/** Heads of keys of every sequence that has any, block by block. */
function forEachHead(form: Form, { lengths, ends }: X, act: (head: Head) => void): void {
  const { B, Tq, Tk, H, KV, D } = form;
  const values = columnsOfValues(form);
  const place = (row: number, { stride, start }: Form['kv'], head: number): Place => ({
    first: row * stride + start + head * D,
    stride,
  });
  const limits = lengths?.dataSync<'int32'>();
  const borders = ends?.dataSync<'int32'>();
  for (let b = 0; b < B; b++) {
    const end = limits ? Math.max(0, Math.min(Tk, limits[b]!)) : Tk;
    for (const block of end > 0 ? blocksOf(form, end, borders?.subarray(b * Tq, (b + 1) * Tq)) : []) {
      const [query, key] = [b * Tq + block.from, b * Tk + block.first];
      for (let shared = 0; shared < KV; shared++) {
        const queries = Array.from({ length: H / KV }, (_, i) => {
          const head = (shared * H) / KV + i;
          const out = place(query, { stride: H * D, start: 0 }, head);
          return { at: place(query, form.q, head), head: b * H + head, out };
        });
        act({ keys: { k: place(key, form.kv, shared), v: place(key, values, shared) }, queries, block });
      }
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

/** scores [Q, K] = scale scores + the first K columns of bias [Q, Tk]. */
function plusBias(scores: Float32Array, bias: Float32Array, { Q, K }: Block, { Tk, scale }: Form): void {
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < K; j++) scores[i * K + j] = scores[i * K + j]! * scale + bias[i * Tk + j]!;
  }
}
/** Adds ds [Q, K] to the first K columns of dBias [Q, Tk], then makes of it the gradient of q . k. */
function addAndScale(ds: Float32Array, dBias: Float32Array, { Q, K }: Block, { Tk, scale }: Form): void {
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < K; j++) {
      dBias[i * Tk + j]! += ds[i * K + j]!;
      ds[i * K + j]! *= scale;
    }
  }
}

/** What dropout leaves of a block's [Q, K], whose first element is `from` of [B H, Tq, Tk]: itself where nothing is dropped. */
function droppedBy({ counter }: X, { B, H, Tq, Tk, dropout }: Form) {
  if (!counter || !dropout) return (x: Float32Array): Float32Array => x;
  const scales = keptScales(counter, B * H * Tq * Tk, dropout);
  return (x: Float32Array, from: number, K: number): Float32Array =>
    x.map((value, n) => value * scales[from + Math.floor(n / K) * Tk + (n % K)]!);
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

type Sight = Pick<Form, 'causal' | 'window'>;

/** Of a block's keys, the first that its query i sees, and where they end. */
function seenBy(i: number, { from, first, K }: Block, { causal, window = K }: Sight): [start: number, end: number] {
  const end = causal ? Math.min(from + i + 1 - first, K) : K;
  return [Math.max(0, end - window), end];
}

/** p[i] = softmax(scale s[i, j]) over the seen; `p` is 0 elsewhere already. */
function softmaxOfSeen(s: Float32Array, p: Float32Array, block: Block, sight: Sight, scale: number): void {
  const { Q, K } = block;
  for (let i = 0; i < Q; i++) {
    const [start, end] = seenBy(i, block, sight).map((j) => i * K + j) as [number, number];
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
function throughSoftmax(dp: Float32Array, p: Float32Array, block: Block, sight: Sight, scale: number): void {
  const { Q, K } = block;
  for (let i = 0; i < Q; i++) {
    const [start, end] = seenBy(i, block, sight).map((j) => i * K + j) as [number, number];
    let inner = 0;
    for (let j = start; j < end; j++) inner += dp[j]! * p[j]!;
    for (let j = i * K; j < (i + 1) * K; j++) {
      dp[j] = j >= start && j < end ? scale * p[j]! * (dp[j]! - inner) : 0;
    }
  }
}
