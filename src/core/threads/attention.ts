/**
 * Attention on a heap, one key head of one sequence at a time, on any thread. Matrices are read and written in place: a
 * head is a few columns of a matrix. The result's bits don't depend on the thread.
 */
import { jobOf, type AttentionJob } from './attentionJob';
import type { Heap } from './heap';
import { type Matrix, multiplyRows, packColumns, packedBytes, panelsOf, scratchBytes } from './product';

/** Heap that may lack kernels; products are then computed in scalar code. */
type AnyHeap = Omit<Heap, 'kernels'> & { kernels?: Heap['kernels'] };

/** q k -> p, y. */
export function attend(heap: AnyHeap, numbers: Int32Array, task: number, thread: number): void {
  forEachHead(heap, numbers, task, thread, (job, own, head, block) => {
    const { H, D, Tk } = job;
    const { from, Q, first, K } = block;
    const keys = right(turned(head.k), own.right, D, K);
    const values = right(head.v, own.other, K, D);
    for (const { h, q, y, p, row } of head.queries) {
      multiply(heap, q, keys, { at: own.scores, stride: 4 * K }, Q, own.product);
      const floats = heap.floats();
      const bias = job.bias && job.bias + 4 * ((h * job.Tq + from) * Tk + first);
      softmaxOfSeen(floats, own.scores / 4, p / 4, bias / 4, block, job);
      const weights = job.kept ? own.scores : p;
      if (job.kept) drop(floats, p / 4, job.kept / 4 + row + first, own.scores / 4, block, Tk);
      multiply(heap, { at: weights, row: 4 * K, column: 4 }, values, { at: y.at, stride: 4 * H * D }, Q, own.product);
    }
  });
}

/** p and the gradient of y -> gradients of q, k, v and bias, if they have an address; other elements stay unchanged. */
export function attendBackward(heap: AnyHeap, numbers: Int32Array, task: number, thread: number): void {
  forEachHead(heap, numbers, task, thread, (job, own, head, block, isOnly) => {
    const { D, Tk } = job;
    const { from, Q, first, K } = block;
    const into = (matrix: Matrix) => ({ at: matrix.at, stride: matrix.row });
    for (const [i, { h, q, y, p, row, dq }] of head.queries.entries()) {
      const values = right(turned(head.v), own.right, D, K);
      multiply(heap, y, values, { at: own.scores, stride: 4 * K }, Q, own.product);
      const floats = heap.floats();
      const kept = job.kept && job.kept / 4 + row + first;
      if (kept) drop(floats, own.scores / 4, kept, own.scores / 4, block, Tk);
      throughSoftmax(floats, own.scores / 4, p / 4, block, job);
      const dBias = job.dBias && job.dBias + 4 * ((h * job.Tq + from) * Tk + first);
      if (dBias) addAndScale(floats, own.scores / 4, dBias / 4, block, job);
      const ds = { at: own.scores, row: 4 * K, column: 4 };
      if (job.dq) multiply(heap, ds, right(head.k, own.right, K, D), into(dq), Q, own.product);
      if (!job.dk) continue;
      const adds = !isOnly || i > 0;
      multiply(heap, turned(ds), right(q, own.other, Q, D), into(head.dk), K, own.product, adds);
      const weights = { at: kept ? own.scores : p, row: 4 * K, column: 4 };
      if (kept) drop(floats, p / 4, kept, own.scores / 4, block, Tk);
      multiply(heap, turned(weights), right(y, own.other, Q, D), into(head.dv), K, own.product, adds);
    }
  });
}

type Sizes = Pick<AttentionJob, 'Tq' | 'Tk' | 'D'>;

/** Offsets in a thread's scratch: two right-hand sides, a block's scores, the products' scratch; and the total size. */
function placesOf({ Tq, Tk, D }: Sizes) {
  const sizes = [
    scratchBytes(Math.max(D, Tq, Tk), STRIP),
    Math.max(packedBytes(D, Tk), packedBytes(Tk, D)),
    Math.max(packedBytes(Tk, D), packedBytes(Tq, D)),
    4 * Tq * Tk,
  ].map((size) => Math.ceil(size / ALIGNED) * ALIGNED) as [number, number, number, number];
  const [product, forRight, forOther] = sizes;
  return {
    right: product,
    other: product + forRight,
    scores: product + forRight + forOther,
    all: sizes.reduce((a, b) => a + b),
  };
}
/** Number of rows packed at once. */
const STRIP = 32;
const ALIGNED = 64;

/** Scratch bytes per thread. */
export const attentionScratchBytes = (sizes: Sizes): number => placesOf(sizes).all;

interface Head {
  k: Matrix;
  v: Matrix;
  dk: Matrix;
  dv: Matrix;
  /** Query heads that share these keys: `row` is the offset of the block's first row in p, in elements. */
  queries: { h: number; q: Matrix; dq: Matrix; y: Matrix; p: number; row: number }[];
}
interface Own {
  product: number;
  right: number;
  other: number;
  scores: number;
}
/** Block of Q queries of a sequence, and the K keys that any of them sees. */
interface Block {
  from: number;
  Q: number;
  first: number;
  K: number;
}

/** Visits a task's key heads of every nonempty sequence by block. `isOnly`: whether no other block has these keys. */
function forEachHead(
  heap: AnyHeap,
  numbers: Int32Array,
  task: number,
  thread: number,
  act: (job: AttentionJob, own: Own, head: Head, block: Block, isOnly: boolean) => void,
): void {
  const job = jobOf(numbers);
  const { B, Tq, Tk, H, KV, D, each } = job;
  const integers = new Int32Array(heap.floats().buffer);
  const product = job.scratch + thread * job.scratchEach;
  const places = placesOf(job);
  const own = {
    product,
    right: product + places.right,
    other: product + places.other,
    scores: product + places.scores,
  };
  const matrix = (at: number, row: number, stride: number, column: number): Matrix => ({
    at: at && at + row * stride + 4 * column,
    row: stride,
    column: 4,
  });
  for (let n = task * each; n < Math.min(B * KV, (task + 1) * each); n++) {
    const [b, shared] = job.byHead ? [n % B, Math.floor(n / B)] : [Math.floor(n / KV), n % KV];
    const end = job.lengths ? Math.max(0, Math.min(Tk, integers[job.lengths / 4 + b]!)) : Tk;
    const ends = job.ends ? integers.subarray(job.ends / 4 + b * Tq, job.ends / 4 + (b + 1) * Tq) : undefined;
    const blocks = end > 0 ? blocksOf(job, end, ends) : [];
    for (const block of blocks) {
      const [query, key] = [b * Tq + block.from, b * Tk + block.first];
      const ofKeys = (at: number): Matrix => matrix(at, key, job.rowOfKV, shared * D);
      const queries = Array.from({ length: H / KV }, (_, i) => {
        const h = (shared * H) / KV + i;
        const row = ((b * H + h) * Tq + block.from) * Tk;
        return {
          h,
          q: matrix(job.q, query, job.rowOfQ, h * D),
          dq: matrix(job.dq, query, job.rowOfQ, h * D),
          y: matrix(job.y, query, 4 * H * D, h * D),
          p: job.p + 4 * row,
          row,
        };
      });
      const [k, v, dk, dv] = [job.k, job.v, job.dk, job.dv].map(ofKeys) as [Matrix, Matrix, Matrix, Matrix];
      act(job, own, { k, v, dk, dv, queries }, block, blocks.length === 1);
    }
  }
}

type Sight = Pick<AttentionJob, 'causal' | 'window'>;

/** Returns the blocks of a sequence with `end` keys; per document if `ends` gives the end of each token's document. */
function blocksOf(sight: Sight & { Tq: number }, end: number, ends: Int32Array | undefined): Block[] {
  if (!ends) return blocksOfAll(sight, end);
  const blocks: Block[] = [];
  for (let start = 0, next; start < end; start = next) {
    next = Math.min(end, Math.max(start + 1, ends[start]!));
    const own = blocksOfAll({ ...sight, Tq: next - start }, next - start);
    for (const block of own) blocks.push({ ...block, from: start + block.from, first: start + block.first });
  }
  return blocks;
}

/** Splits queries with a window into blocks, so that keys before and after the window are skipped. */
function blocksOfAll({ Tq, causal, window }: Sight & { Tq: number }, end: number): Block[] {
  if (!causal || !window || window >= Tq) {
    const first = causal || !window ? 0 : Math.max(0, end - window);
    return [{ from: 0, Q: Tq, first, K: end - first }];
  }
  const max = Math.max(MIN_BLOCK, window);
  return Array.from({ length: Math.ceil(Tq / max) }, (_, i) => {
    const [from, until] = [i * max, Math.min(Tq, (i + 1) * max)];
    const first = Math.max(0, Math.min(from + 1, end) - window);
    return { from, Q: until - from, first, K: Math.min(until, end) - first };
  });
}
/** Minimum number of queries at a time: fewer would need more products than they save. */
const MIN_BLOCK = 32;

/** Returns the range of a block's keys that its query i sees. */
function seenBy(i: number, { from, first, K }: Block, { causal, window }: Sight): [start: number, end: number] {
  const end = causal ? Math.min(from + i + 1 - first, K) : K;
  return [Math.max(0, end - (window || K)), end];
}

/** p[i] = softmax(scale s[i, j] + bias[i, j]) over visible keys, else 0; offsets in floats of x, bias rows of Tk. */
function softmaxOfSeen(
  x: Float32Array,
  s: number,
  p: number,
  bias: number,
  block: Block,
  job: Sight & Pick<AttentionJob, 'Tk' | 'scale'>,
): void {
  const { Q, K } = block;
  if (bias) {
    for (let i = 0; i < Q; i++) {
      for (let j = 0; j < K; j++) x[s + i * K + j] = x[s + i * K + j]! * job.scale + x[bias + i * job.Tk + j]!;
    }
  }
  const scale = bias ? 1 : job.scale;
  x.fill(0, p, p + Q * K);
  for (let i = 0; i < Q; i++) {
    const [start, end] = seenBy(i, block, job);
    const [ofS, ofP] = [s + i * K, p + i * K];
    let highest = -Infinity;
    for (let j = start; j < end; j++) if (x[ofS + j]! > highest) highest = x[ofS + j]!;
    let sum = 0;
    for (let j = start; j < end; j++) {
      const e = Math.exp((x[ofS + j]! - highest) * scale);
      x[ofP + j] = e;
      sum += e;
    }
    for (let j = start; j < end; j++) x[ofP + j]! /= sum;
  }
}

/** ds = p (dp - rowsum(dp p)), in place of dp; times the scale, unless the bias gradient needs it unscaled first. */
function throughSoftmax(
  x: Float32Array,
  dp: number,
  p: number,
  block: Block,
  job: Sight & Pick<AttentionJob, 'dBias' | 'scale'>,
): void {
  const { Q, K } = block;
  const scale = job.dBias ? 1 : job.scale;
  for (let i = 0; i < Q; i++) {
    const [start, end] = seenBy(i, block, job);
    const [ofDp, ofP] = [dp + i * K, p + i * K];
    let inner = 0;
    for (let j = start; j < end; j++) inner += x[ofDp + j]! * x[ofP + j]!;
    for (let j = 0; j < K; j++) {
      x[ofDp + j] = j >= start && j < end ? scale * x[ofP + j]! * (x[ofDp + j]! - inner) : 0;
    }
  }
}

/** Adds ds [Q, K] to the first K columns of dBias [Q, Tk], then scales ds to the gradient of q . k. */
function addAndScale(
  x: Float32Array,
  ds: number,
  dBias: number,
  { Q, K }: Block,
  { Tk, scale }: Pick<AttentionJob, 'Tk' | 'scale'>,
): void {
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < K; j++) {
      x[dBias + i * Tk + j]! += x[ds + i * K + j]!;
      x[ds + i * K + j]! *= scale;
    }
  }
}

/** Applies dropout to a block: to [Q, K] = from [Q, K] * kept; `kept` has rows of Tk. */
function drop(x: Float32Array, from: number, kept: number, to: number, { Q, K }: Block, Tk: number): void {
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < K; j++) x[to + i * K + j] = x[from + i * K + j]! * x[kept + i * Tk + j]!;
  }
}

const turned = ({ at, row, column }: Matrix): Matrix => ({ at, row: column, column: row });

/** Right-hand side [inner, columns] of products, packed when the first product of more than one row needs it. */
interface Right {
  matrix: Matrix;
  packed: number;
  isPacked: boolean;
  inner: number;
  columns: number;
}
const right = (matrix: Matrix, packed: number, inner: number, columns: number): Right => ({
  matrix,
  packed,
  isPacked: false,
  inner,
  columns,
});

/** C = A B, or C + A B: `rows` of C, `stride` bytes apart. */
function multiply(
  { kernels, floats }: AnyHeap,
  a: Matrix,
  b: Right,
  c: { at: number; stride: number },
  rows: number,
  scratch: number,
  adds = false,
): void {
  if (!kernels || rows === 1) {
    multiplyNumbers(floats(), a, b, c, rows, adds);
    return;
  }
  const { inner, columns } = b;
  const panels = panelsOf(columns);
  if (!b.isPacked) packColumns(kernels, b.matrix, b.packed, inner, columns, 0, panels);
  b.isPacked = true;
  for (let first = 0; first < rows; first += STRIP) {
    const strip = { first, rows: Math.min(STRIP, rows - first) };
    multiplyRows(kernels, a, b.packed, c, b, strip, { firstPanel: 0, panels }, scratch, adds);
  }
}

/** Multiplies in scalar code, with TensorFlow.js's sums: for one row, where packing costs more, or without kernels. */
function multiplyNumbers(
  x: Float32Array,
  a: Matrix,
  { matrix: b, inner, columns }: Right,
  c: { at: number; stride: number },
  rows: number,
  adds: boolean,
): void {
  const [ofK, ofN] = [b.row / 4, b.column / 4];
  const atOnce = rows === 1 ? 1 : SUMMED_AT_ONCE;
  for (let m = 0; m < rows; m++) {
    const [ofA, ofC] = [(a.at + m * a.row) / 4, (c.at + m * c.stride) / 4];
    if (ofN === 1 && !adds && rows === 1) {
      x.fill(0, ofC, ofC + columns);
      for (let k = 0; k < inner; k++) {
        const factor = x[ofA + (k * a.column) / 4]!;
        const ofB = b.at / 4 + k * ofK;
        for (let n = 0; n < columns; n++) x[ofC + n]! += factor * x[ofB + n]!;
      }
      continue;
    }
    for (let n = 0; n < columns; n++) {
      const ofB = b.at / 4 + n * ofN;
      let all = 0;
      for (let first = 0; first < inner; first += atOnce) {
        let sum = 0;
        for (let k = first; k < Math.min(inner, first + atOnce); k++)
          sum += x[ofA + (k * a.column) / 4]! * x[ofB + k * ofK]!;
        all = Math.fround(all + sum);
      }
      x[ofC + n] = adds ? x[ofC + n]! + all : all;
    }
  }
}
/** Number of products that tfjs-backend-cpu 4.22 sums in float64 before it rounds. */
const SUMMED_AT_ONCE = 48;
