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
  forEachHead(heap, numbers, task, thread, (job, scratch, head, block) => {
    const { H, D, Tk } = job;
    const { firstQuery, Q, firstKey, K } = block;
    const keys = right(transposed(head.k), scratch.right, D, K);
    const values = right(head.v, scratch.other, K, D);
    for (const { h, q, y, p, row } of head.queries) {
      multiply(heap, q, keys, { address: scratch.scores, stride: 4 * K }, Q, scratch.product);
      const floats = heap.floats();
      const bias = job.bias && job.bias + 4 * ((h * job.Tq + firstQuery) * Tk + firstKey);
      maskedSoftmax(floats, scratch.scores / 4, p / 4, bias / 4, block, job);
      const weights = job.kept ? scratch.scores : p;
      if (job.kept) applyDropout(floats, p / 4, job.kept / 4 + row + firstKey, scratch.scores / 4, block, Tk);
      multiply(
        heap,
        { address: weights, row: 4 * K, column: 4 },
        values,
        { address: y.address, stride: 4 * H * D },
        Q,
        scratch.product,
      );
    }
  });
}

/** p and the gradient of y -> gradients of q, k, v and bias, if they have an address; other elements stay unchanged. */
export function attendBackward(heap: AnyHeap, numbers: Int32Array, task: number, thread: number): void {
  forEachHead(heap, numbers, task, thread, (job, scratch, head, block, isOnlyBlock) => {
    const { D, Tk } = job;
    const { firstQuery, Q, firstKey, K } = block;
    const destination = (matrix: Matrix) => ({ address: matrix.address, stride: matrix.row });
    for (const [i, { h, q, y, p, row, dq }] of head.queries.entries()) {
      const values = right(transposed(head.v), scratch.right, D, K);
      multiply(heap, y, values, { address: scratch.scores, stride: 4 * K }, Q, scratch.product);
      const floats = heap.floats();
      const dropoutOffset = job.kept && job.kept / 4 + row + firstKey;
      if (dropoutOffset) applyDropout(floats, scratch.scores / 4, dropoutOffset, scratch.scores / 4, block, Tk);
      softmaxBackward(floats, scratch.scores / 4, p / 4, block, job);
      const dBias = job.dBias && job.dBias + 4 * ((h * job.Tq + firstQuery) * Tk + firstKey);
      if (dBias) addAndScale(floats, scratch.scores / 4, dBias / 4, block, job);
      const ds = { address: scratch.scores, row: 4 * K, column: 4 };
      if (job.dq) multiply(heap, ds, right(head.k, scratch.right, K, D), destination(dq), Q, scratch.product);
      if (!job.dk) continue;
      const accumulates = !isOnlyBlock || i > 0;
      multiply(
        heap,
        transposed(ds),
        right(q, scratch.other, Q, D),
        destination(head.dk),
        K,
        scratch.product,
        accumulates,
      );
      const weights = { address: dropoutOffset ? scratch.scores : p, row: 4 * K, column: 4 };
      if (dropoutOffset) applyDropout(floats, p / 4, dropoutOffset, scratch.scores / 4, block, Tk);
      multiply(
        heap,
        transposed(weights),
        right(y, scratch.other, Q, D),
        destination(head.dv),
        K,
        scratch.product,
        accumulates,
      );
    }
  });
}

type Sizes = Pick<AttentionJob, 'Tq' | 'Tk' | 'D'>;

/** Offsets in a thread's scratch: two right-hand sides, a block's scores, the products' scratch; and the total size. */
function scratchLayout({ Tq, Tk, D }: Sizes) {
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
    total: sizes.reduce((a, b) => a + b),
  };
}
/** Number of rows packed at once. */
const STRIP = 32;
const ALIGNED = 64;

/** Scratch bytes per thread. */
export const attentionScratchBytes = (sizes: Sizes): number => scratchLayout(sizes).total;

interface Head {
  k: Matrix;
  v: Matrix;
  dk: Matrix;
  dv: Matrix;
  /** Query heads that share these keys: `row` is the offset of the block's first row in p, in elements. */
  queries: { h: number; q: Matrix; dq: Matrix; y: Matrix; p: number; row: number }[];
}
interface Scratch {
  product: number;
  right: number;
  other: number;
  scores: number;
}
/** Block of Q queries of a sequence, and the K keys that any of them sees. */
interface Block {
  firstQuery: number;
  Q: number;
  firstKey: number;
  K: number;
}

/** Visits a task's key heads of every nonempty sequence by block. `isOnlyBlock`: whether no other block has these keys. */
function forEachHead(
  heap: AnyHeap,
  numbers: Int32Array,
  task: number,
  thread: number,
  visit: (job: AttentionJob, scratch: Scratch, head: Head, block: Block, isOnlyBlock: boolean) => void,
): void {
  const job = jobOf(numbers);
  const { B, Tq, Tk, H, KV, D, each } = job;
  const integers = new Int32Array(heap.floats().buffer);
  const product = job.scratch + thread * job.scratchEach;
  const layout = scratchLayout(job);
  const scratch = {
    product,
    right: product + layout.right,
    other: product + layout.other,
    scores: product + layout.scores,
  };
  const headMatrix = (address: number, row: number, stride: number, column: number): Matrix => ({
    address: address && address + row * stride + 4 * column,
    row: stride,
    column: 4,
  });
  for (let n = task * each; n < Math.min(B * KV, (task + 1) * each); n++) {
    const [b, shared] = job.byHead ? [n % B, Math.floor(n / B)] : [Math.floor(n / KV), n % KV];
    const end = job.lengths ? Math.max(0, Math.min(Tk, integers[job.lengths / 4 + b]!)) : Tk;
    const ends = job.ends ? integers.subarray(job.ends / 4 + b * Tq, job.ends / 4 + (b + 1) * Tq) : undefined;
    const blocks = end > 0 ? blocksOf(job, end, ends) : [];
    for (const block of blocks) {
      const [query, key] = [b * Tq + block.firstQuery, b * Tk + block.firstKey];
      const keyMatrix = (address: number): Matrix => headMatrix(address, key, job.rowOfKV, shared * D);
      const queries = Array.from({ length: H / KV }, (_, i) => {
        const h = (shared * H) / KV + i;
        const row = ((b * H + h) * Tq + block.firstQuery) * Tk;
        return {
          h,
          q: headMatrix(job.q, query, job.rowOfQ, h * D),
          dq: headMatrix(job.dq, query, job.rowOfQ, h * D),
          y: headMatrix(job.y, query, 4 * H * D, h * D),
          p: job.p + 4 * row,
          row,
        };
      });
      const [k, v, dk, dv] = [job.k, job.v, job.dk, job.dv].map(keyMatrix) as [Matrix, Matrix, Matrix, Matrix];
      visit(job, scratch, { k, v, dk, dv, queries }, block, blocks.length === 1);
    }
  }
}

type Visibility = Pick<AttentionJob, 'causal' | 'window'>;

/** Returns the blocks of a sequence with `end` keys; per document if `ends` gives the end of each token's document. */
function blocksOf(visibility: Visibility & { Tq: number }, end: number, ends: Int32Array | undefined): Block[] {
  if (!ends) return blocksOfSequence(visibility, end);
  const blocks: Block[] = [];
  for (let start = 0, documentEnd; start < end; start = documentEnd) {
    documentEnd = Math.min(end, Math.max(start + 1, ends[start]!));
    const documentBlocks = blocksOfSequence({ ...visibility, Tq: documentEnd - start }, documentEnd - start);
    for (const block of documentBlocks)
      blocks.push({ ...block, firstQuery: start + block.firstQuery, firstKey: start + block.firstKey });
  }
  return blocks;
}

/** Splits queries with a window into blocks, so that keys before and after the window are skipped. */
function blocksOfSequence({ Tq, causal, window }: Visibility & { Tq: number }, end: number): Block[] {
  if (!causal || !window || window >= Tq) {
    const firstKey = causal || !window ? 0 : Math.max(0, end - window);
    return [{ firstQuery: 0, Q: Tq, firstKey, K: end - firstKey }];
  }
  const max = Math.max(MIN_BLOCK, window);
  return Array.from({ length: Math.ceil(Tq / max) }, (_, i) => {
    const [firstQuery, queryEnd] = [i * max, Math.min(Tq, (i + 1) * max)];
    const firstKey = Math.max(0, Math.min(firstQuery + 1, end) - window);
    return { firstQuery, Q: queryEnd - firstQuery, firstKey, K: Math.min(queryEnd, end) - firstKey };
  });
}
/** Minimum number of queries at a time: fewer would need more products than they save. */
const MIN_BLOCK = 32;

/** Returns the range of a block's keys that its query i sees. */
function visibleKeys(
  i: number,
  { firstQuery, firstKey, K }: Block,
  { causal, window }: Visibility,
): [start: number, end: number] {
  const end = causal ? Math.min(firstQuery + i + 1 - firstKey, K) : K;
  return [Math.max(0, end - (window || K)), end];
}

/** p[i] = softmax(scale s[i, j] + bias[i, j]) over visible keys, else 0; offsets in floats of x, bias rows of Tk. */
function maskedSoftmax(
  x: Float32Array,
  s: number,
  p: number,
  bias: number,
  block: Block,
  job: Visibility & Pick<AttentionJob, 'Tk' | 'scale'>,
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
    const [start, end] = visibleKeys(i, block, job);
    const [sRow, pRow] = [s + i * K, p + i * K];
    let highest = -Infinity;
    for (let j = start; j < end; j++) if (x[sRow + j]! > highest) highest = x[sRow + j]!;
    let sum = 0;
    for (let j = start; j < end; j++) {
      const e = Math.exp((x[sRow + j]! - highest) * scale);
      x[pRow + j] = e;
      sum += e;
    }
    for (let j = start; j < end; j++) x[pRow + j]! /= sum;
  }
}

/** ds = p (dp - rowsum(dp p)), in place of dp; times the scale, unless the bias gradient needs it unscaled first. */
function softmaxBackward(
  x: Float32Array,
  dp: number,
  p: number,
  block: Block,
  job: Visibility & Pick<AttentionJob, 'dBias' | 'scale'>,
): void {
  const { Q, K } = block;
  const scale = job.dBias ? 1 : job.scale;
  for (let i = 0; i < Q; i++) {
    const [start, end] = visibleKeys(i, block, job);
    const [dpRow, pRow] = [dp + i * K, p + i * K];
    let rowSum = 0;
    for (let j = start; j < end; j++) rowSum += x[dpRow + j]! * x[pRow + j]!;
    for (let j = 0; j < K; j++) {
      x[dpRow + j] = j >= start && j < end ? scale * x[pRow + j]! * (x[dpRow + j]! - rowSum) : 0;
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
function applyDropout(x: Float32Array, from: number, kept: number, to: number, { Q, K }: Block, Tk: number): void {
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < K; j++) x[to + i * K + j] = x[from + i * K + j]! * x[kept + i * Tk + j]!;
  }
}

const transposed = ({ address, row, column }: Matrix): Matrix => ({ address, row: column, column: row });

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
  c: { address: number; stride: number },
  rows: number,
  scratch: number,
  accumulates = false,
): void {
  if (!kernels || rows === 1) {
    multiplyNumbers(floats(), a, b, c, rows, accumulates);
    return;
  }
  const { inner, columns } = b;
  const panels = panelsOf(columns);
  if (!b.isPacked) packColumns(kernels, b.matrix, b.packed, inner, columns, 0, panels);
  b.isPacked = true;
  for (let first = 0; first < rows; first += STRIP) {
    const strip = { first, rows: Math.min(STRIP, rows - first) };
    multiplyRows(kernels, a, b.packed, c, b, strip, { firstPanel: 0, panels }, scratch, accumulates);
  }
}

/** Multiplies in scalar code, with TensorFlow.js's sums: for one row, where packing costs more, or without kernels. */
function multiplyNumbers(
  x: Float32Array,
  a: Matrix,
  { matrix: b, inner, columns }: Right,
  c: { address: number; stride: number },
  rows: number,
  accumulates: boolean,
): void {
  const [innerStride, columnStride] = [b.row / 4, b.column / 4];
  const sumLength = rows === 1 ? 1 : SUMMED_AT_ONCE;
  for (let m = 0; m < rows; m++) {
    const [aRow, cRow] = [(a.address + m * a.row) / 4, (c.address + m * c.stride) / 4];
    if (columnStride === 1 && !accumulates && rows === 1) {
      x.fill(0, cRow, cRow + columns);
      for (let k = 0; k < inner; k++) {
        const factor = x[aRow + (k * a.column) / 4]!;
        const bRow = b.address / 4 + k * innerStride;
        for (let n = 0; n < columns; n++) x[cRow + n]! += factor * x[bRow + n]!;
      }
      continue;
    }
    for (let n = 0; n < columns; n++) {
      const bColumn = b.address / 4 + n * columnStride;
      let total = 0;
      for (let first = 0; first < inner; first += sumLength) {
        let sum = 0;
        for (let k = first; k < Math.min(inner, first + sumLength); k++)
          sum += x[aRow + (k * a.column) / 4]! * x[bColumn + k * innerStride]!;
        total = Math.fround(total + sum);
      }
      x[cRow + n] = accumulates ? x[cRow + n]! + total : total;
    }
  }
}
/** Number of products that tfjs-backend-cpu 4.22 sums in float64 before it rounds. */
const SUMMED_AT_ONCE = 48;
