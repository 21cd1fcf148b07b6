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

interface Transposed {
  a?: boolean;
  b?: boolean;
}

export function matMul(a: Tensor2D, b: Tensor2D, transposed: Transposed = {}): Tensor2D {
  const [M, K] = transposed.a ? [a.shape[1], a.shape[0]] : a.shape;
  const N = b.shape[transposed.b ? 0 : 1];
  const heap = onHeap();
  // With few rows, packing the other side is most of the work, and TensorFlow.js keeps weights packed.
  if (!heap || M < MIN_SIZE || N < MIN_SIZE) {
    return tf.matMul(transposed.a ? tf.transpose(a) : a, transposed.b ? tf.transpose(b) : b);
  }
  const y = heap.output([M, N]);
  threadedProduct(
    heap,
    matrixOf(heap.addressOf(a), a.shape[1], transposed.a),
    matrixOf(heap.addressOf(b), b.shape[1], transposed.b),
    {
      address: y.address,
      M,
      K,
      N,
    },
  );
  return y.tensor as Tensor2D;
}
const MIN_SIZE = 8;

const matrixOf = (address: number, width: number, transposed = false): Matrix =>
  transposed ? { address, row: 4, column: 4 * width } : { address, row: 4 * width, column: 4 };

function threadedProduct(
  heap: OnHeap,
  a: Matrix,
  b: Matrix,
  { address, M, K, N }: { address: number; M: number; K: number; N: number },
): void {
  const { threads } = heap;
  const maxColumns = Math.max(8, 8 * Math.floor(PACKED_FLOATS / (8 * K))); // columns packed at once
  for (let column = 0; column < N; column += maxColumns) {
    const columns = Math.min(maxColumns, N - column);
    const rows = K > MAX_DEPTH_OF_TALL_BLOCKS ? 8 : 32;
    const panels = panelsOf(columns);
    const blocks = Math.ceil(M / rows);
    const isUnshared = threads.count === 1 || M * K * columns < MIN_SHARED_WORK;
    const groups = isUnshared
      ? 1
      : Math.max(1, Math.min(Math.ceil((TASKS_PER_THREAD * threads.count) / blocks), panels >> 3));
    const panelsPerTask = Math.ceil(panels / groups);
    const scratchPerThread = scratchBytes(K, rows);
    const [packed, scratch] = heap.scratch(packedBytes(K, columns), scratchPerThread * threads.count);
    const panelsPerPack = isUnshared ? panels : Math.max(1, Math.ceil(FLOATS_PER_PACK / (8 * K)));
    threads.run(
      'pack',
      [b.address + column * b.column, b.row, b.column, packed, K, columns, panelsPerPack],
      Math.ceil(panels / panelsPerPack),
    );
    const numbers = [
      a.address,
      a.row,
      a.column,
      packed,
      address + 4 * column,
      4 * N,
      K,
      M,
      columns,
      rows,
      panelsPerTask,
      scratch,
      scratchPerThread,
    ];
    threads.run('multiply', numbers, blocks * Math.ceil(panels / panelsPerTask), isUnshared);
  }
}
/** Floats of the right side packed at once: 8 MiB. */
const PACKED_FLOATS = 2 ** 21;
/** Inner size beyond which fewer rows are packed at once. */
const MAX_DEPTH_OF_TALL_BLOCKS = 8192;
/** Multiplications that cost less than waking other threads. */
const MIN_SHARED_WORK = 2 ** 17;
const TASKS_PER_THREAD = 4;
/** Floats that one task packs. */
const FLOATS_PER_PACK = 2 ** 14;
