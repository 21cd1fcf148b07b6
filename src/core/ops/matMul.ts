/**
 * Matrix product with optional transposes. On wasm, our kernels run on all threads with the same bits as TensorFlow.js,
 * without transposing in memory first.
 *
 *   a [M, K] or, transposed, [K, M]   b [K, N] or, transposed, [N, K]   -> [M, N], all f32
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { onHeap, type OnHeap } from '../gpu/wasmTensors';
import { panelsOf, packedBytes, scratchBytes, type Matrix } from '../threads/product';

interface Turned {
  a?: boolean;
  b?: boolean;
}

export function matMul(a: Tensor2D, b: Tensor2D, turned: Turned = {}): Tensor2D {
  const [M, K] = turned.a ? [a.shape[1], a.shape[0]] : a.shape;
  const N = b.shape[turned.b ? 0 : 1];
  const heap = onHeap();
  // With few rows, packing the other side is most of the work, and TensorFlow.js keeps weights packed.
  if (!heap || M < FEW || N < FEW) {
    return tf.matMul(turned.a ? tf.transpose(a) : a, turned.b ? tf.transpose(b) : b);
  }
  const y = heap.output([M, N]);
  product(heap, matrixOf(heap.addressOf(a), a.shape[1], turned.a), matrixOf(heap.addressOf(b), b.shape[1], turned.b), {
    at: y.at,
    M,
    K,
    N,
  });
  return y.tensor as Tensor2D;
}
const FEW = 8;

const matrixOf = (at: number, width: number, turned = false): Matrix =>
  turned ? { at, row: 4, column: 4 * width } : { at, row: 4 * width, column: 4 };

function product(
  heap: OnHeap,
  a: Matrix,
  b: Matrix,
  { at, M, K, N }: { at: number; M: number; K: number; N: number },
): void {
  const { threads } = heap;
  const max = Math.max(8, 8 * Math.floor(PACKED_FLOATS / (8 * K))); // columns packed at once
  for (let column = 0; column < N; column += max) {
    const columns = Math.min(max, N - column);
    const rows = K > DEEP ? 8 : 32;
    const panels = panelsOf(columns);
    const blocks = Math.ceil(M / rows);
    const isSmall = threads.count === 1 || M * K * columns < SMALL;
    const groups = isSmall ? 1 : Math.max(1, Math.min(Math.ceil((TASKS_EACH * threads.count) / blocks), panels >> 3));
    const eachPanels = Math.ceil(panels / groups);
    const each = scratchBytes(K, rows);
    const [packed, scratch] = heap.scratch(packedBytes(K, columns), each * threads.count);
    const packs = isSmall ? panels : Math.max(1, Math.ceil(PACKED_EACH / (8 * K)));
    threads.run(
      'pack',
      [b.at + column * b.column, b.row, b.column, packed, K, columns, packs],
      Math.ceil(panels / packs),
    );
    const numbers = [
      a.at,
      a.row,
      a.column,
      packed,
      at + 4 * column,
      4 * N,
      K,
      M,
      columns,
      rows,
      eachPanels,
      scratch,
      each,
    ];
    threads.run('multiply', numbers, blocks * Math.ceil(panels / eachPanels), isSmall);
  }
}
/** Floats of the right side packed at once: 8 MiB. */
const PACKED_FLOATS = 2 ** 21;
/** Inner size beyond which fewer rows are packed at once. */
const DEEP = 8192;
/** Multiplications that cost less than waking other threads. */
const SMALL = 2 ** 17;
const TASKS_EACH = 4;
/** Floats that one task packs. */
const PACKED_EACH = 2 ** 14;
