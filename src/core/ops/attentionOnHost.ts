/**
 * Attention one head at a time. wasm multiplies a single pair of matrices ten times faster than a batch of pairs, and
 * slicing heads out with TensorFlow.js costs more than the product, so they are gathered and scattered here.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Attention, Settings } from './attention';

export const attentionOnHost: Attention = {
  forward({ qkv }, settings) {
    const { T, D, C, heads } = sizes(qkv, settings);
    const from = qkv.dataSync<'float32'>();
    const y = new Float32Array(qkv.shape[0] * C);
    const p = new Float32Array(heads.length * T * T);
    const [q, k, v, kT] = room(4, T * D) as Four;
    heads.forEach(({ row, column }, head) => {
      gather(from, q, row, column, 3 * C, T, D);
      gather(from, k, row, column + C, 3 * C, T, D);
      gather(from, v, row, column + 2 * C, 3 * C, T, D);
      turn(k, kT, T, D);
      const probabilities = p.subarray(head * T * T, (head + 1) * T * T);
      softmaxOfPast(product(q, kT, T, D, T), probabilities, T, 1 / Math.sqrt(D));
      scatter(product(probabilities, v, T, T, D), y, row, column, C, T, D);
    });
    return { y: tf.tensor2d(y, [qkv.shape[0], C]), saved: { qkv, p: tf.tensor3d(p, [heads.length, T, T]) } };
  },
  backward(dy, { qkv, p }, settings) {
    const { T, D, C, heads } = sizes(qkv, settings);
    const from = qkv.dataSync<'float32'>();
    const dFrom = dy.dataSync<'float32'>();
    const all = p.dataSync<'float32'>();
    const into = new Float32Array(qkv.size);
    const [q, k, v, vT, dout] = room(5, T * D) as [...Four, Float32Array];
    const [square] = room(1, T * T) as [Float32Array];
    heads.forEach(({ row, column }, head) => {
      gather(from, q, row, column, 3 * C, T, D);
      gather(from, k, row, column + C, 3 * C, T, D);
      gather(from, v, row, column + 2 * C, 3 * C, T, D);
      gather(dFrom, dout, row, column, C, T, D);
      turn(v, vT, T, D);
      const probabilities = all.subarray(head * T * T, (head + 1) * T * T);
      const ds = product(dout, vT, T, D, T);
      throughSoftmax(ds, probabilities, T, 1 / Math.sqrt(D));
      scatter(product(ds, k, T, T, D), into, row, column, 3 * C, T, D);
      turn(ds, square, T, T);
      scatter(product(square, q, T, T, D), into, row, column + C, 3 * C, T, D);
      turn(probabilities, square, T, T);
      scatter(product(square, dout, T, T, D), into, row, column + 2 * C, 3 * C, T, D);
    });
    return { qkv: tf.tensor2d(into, qkv.shape) };
  },
};

type Four = [Float32Array, Float32Array, Float32Array, Float32Array];
/** Matrices that every head uses again. */
const room = (count: number, size: number): Float32Array[] =>
  Array.from({ length: count }, () => new Float32Array(size));

/** Where each head begins: its first row, and its first column within q, k, v and y. */
function sizes(qkv: Tensor2D, { rows, heads }: Settings) {
  const T = qkv.shape[0] / rows;
  const C = qkv.shape[1] / 3;
  const D = C / heads;
  return {
    ...{ T, C, D },
    heads: Array.from({ length: rows * heads }, (_, i) => ({
      row: Math.floor(i / heads) * T,
      column: (i % heads) * D,
    })),
  };
}

/** [T, D] out of a matrix of `stride` columns. */
function gather(
  from: Float32Array,
  part: Float32Array,
  row: number,
  column: number,
  stride: number,
  T: number,
  D: number,
): void {
  for (let t = 0; t < T; t++) {
    const start = (row + t) * stride + column;
    for (let d = 0; d < D; d++) part[t * D + d] = from[start + d]!;
  }
}
function scatter(
  part: Float32Array,
  into: Float32Array,
  row: number,
  column: number,
  stride: number,
  T: number,
  D: number,
): void {
  for (let t = 0; t < T; t++) {
    const start = (row + t) * stride + column;
    for (let d = 0; d < D; d++) into[start + d] = part[t * D + d]!;
  }
}

/** x [rows, columns] -> y [columns, rows]. */
function turn(x: Float32Array, y: Float32Array, rows: number, columns: number): void {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[c * rows + r] = x[r * columns + c]!;
}

/** [M, K] [K, N] -> [M, N]. Not in a tidy, which would look for tensors in every element of its result. */
function product(a: Float32Array, b: Float32Array, M: number, K: number, N: number): Float32Array {
  const tensors = [tf.tensor2d(a, [M, K]), tf.tensor2d(b, [K, N])] as const;
  const result = tf.matMul(...tensors);
  const values = result.dataSync<'float32'>();
  tf.dispose([...tensors, result]);
  return values;
}

/** p[i] = softmax(scale s[i, j]) over j <= i; `p` is 0 elsewhere already. */
function softmaxOfPast(s: Float32Array, p: Float32Array, T: number, scale: number): void {
  for (let i = 0; i < T; i++) {
    const start = i * T;
    let highest = -Infinity;
    for (let j = start; j <= start + i; j++) if (s[j]! > highest) highest = s[j]!;
    let sum = 0;
    for (let j = start; j <= start + i; j++) {
      const e = Math.exp((s[j]! - highest) * scale);
      p[j] = e;
      sum += e;
    }
    for (let j = start; j <= start + i; j++) p[j]! /= sum;
  }
}

/** ds = scale p (dp - rowsum(dp p)), in place of dp. */
function throughSoftmax(dp: Float32Array, p: Float32Array, T: number, scale: number): void {
  for (let i = 0; i < T; i++) {
    const start = i * T;
    let inner = 0;
    for (let j = start; j <= start + i; j++) inner += dp[j]! * p[j]!;
    for (let j = start; j < start + T; j++) dp[j] = j <= start + i ? scale * p[j]! * (dp[j]! - inner) : 0;
  }
}
