/** Tasks of threads. A task reads its numbers and the heap, and writes only its own part of the heap. */
import { attend, attendBackward } from './attention';
import type { Heap } from './heap';
import { multiplyRows, packColumns } from './product';

/** `task`: index in the job; `thread`: owner of the scratch to use. */
type Task = (heap: Heap, numbers: Int32Array, task: number, thread: number) => void;

/** Decodes an address: addresses beyond 2^31 arrive as negative numbers. */
const decodeAddress = (n: number): number => n >>> 0;

export const TASKS = {
  /** Numbers: address and strides of B; address of the packed panels; inner size, columns of B; panels per task. */
  pack({ kernels }, [b, row, column, to, inner, columns, panelsPerTask], task) {
    const first = task * panelsPerTask!;
    const panels = Math.min(panelsPerTask!, Math.ceil(columns! / 8) - first);
    packColumns(
      kernels,
      { address: decodeAddress(b!), row: row!, column: column! },
      decodeAddress(to!),
      inner!,
      columns!,
      first,
      panels,
    );
  },
  /**
   * Numbers: address and strides of A; address of packed B; address and stride of C; inner size, rows and columns of
   * C; rows and panels per task; address of the scratch, and its bytes per thread.
   */
  multiply({ kernels }, numbers, task, thread) {
    const [a, row, column, packed, c, stride, inner, rows, columns, rowsPerTask, panelsPerTask, scratch, scratchBytes] =
      numbers as unknown as number[];
    const panelCount = Math.ceil(columns! / 8);
    const groups = Math.ceil(panelCount / panelsPerTask!);
    const first = Math.floor(task / groups) * rowsPerTask!;
    const firstPanel = (task % groups) * panelsPerTask!;
    multiplyRows(
      kernels,
      { address: decodeAddress(a!), row: row!, column: column! },
      decodeAddress(packed!),
      { address: decodeAddress(c!), stride: stride! },
      { inner: inner!, columns: columns! },
      { first, rows: Math.min(rowsPerTask!, rows! - first) },
      { firstPanel, panels: Math.min(panelsPerTask!, panelCount - firstPanel) },
      decodeAddress(scratch!) + thread * scratchBytes!,
      false,
    );
  },
  /**
   * Numbers: index of the pass; rows and columns, in total and per task; for each input and then the output: address,
   * or the bits of a number, and bytes from row to row and from column to column.
   */
  pass({ kernels }, numbers, task) {
    const [index, rows, columns, rowsPerTask, columnsPerTask, inputs] = numbers as unknown as number[];
    const groups = Math.ceil(columns! / columnsPerTask!);
    const firstRow = Math.floor(task / groups) * rowsPerTask!;
    const firstColumn = (task % groups) * columnsPerTask!;
    const parameters: number[] = [];
    for (let i = 6; i < 6 + 3 * (inputs! + 1); i += 3) {
      const [start, rowBytes, columnBytes] = [numbers[i]!, numbers[i + 1]!, numbers[i + 2]!];
      parameters.push((start + firstRow * rowBytes + firstColumn * columnBytes) | 0, rowBytes);
    }
    const [rowCount, columnCount] = [
      Math.min(rowsPerTask!, rows! - firstRow),
      Math.min(columnsPerTask!, columns! - firstColumn),
    ];
    kernels.passes[index!]!(...parameters, rowCount, columnCount);
  },
  /** Numbers as encoded by `numbersOf`. */
  attend,
  attendBackward,
  /**
   * Numbers: addresses of weight, gradient, m, v and output; floats in total and per task; address of the factors;
   * whether weight decay applies; address of a buffer for the last elements.
   */
  adamw({ kernels, floats }, numbers, task) {
    const [totalFloats, floatsPerTask, factors, hasDecay] = [
      numbers[5]!,
      numbers[6]!,
      decodeAddress(numbers[7]!),
      numbers[8] === 1,
    ];
    const first = task * floatsPerTask;
    const count = Math.min(floatsPerTask, totalFloats - first);
    const addresses = Array.from(numbers.subarray(0, 5), (start) => decodeAddress(start) + 4 * first);
    const step = hasDecay ? kernels.adamwDecaying : kernels.adamw;
    const vectorFloats = count - (count % 4);
    if (vectorFloats > 0)
      step(addresses[0]!, addresses[1]!, addresses[2]!, addresses[3]!, addresses[4]!, vectorFloats, factors);
    if (vectorFloats === count) return;
    // The last one to three elements are computed in a padded buffer of four.
    const heapFloats = floats();
    const offsets = addresses.map((start) => start / 4 + vectorFloats);
    const tailAddress = decodeAddress(numbers[9]!);
    const tailOffsets = offsets.map((_, i) => tailAddress / 4 + 4 * i);
    offsets.forEach((offset, i) => heapFloats.copyWithin(tailOffsets[i]!, offset, offset + count - vectorFloats));
    step(tailAddress, tailAddress + 16, tailAddress + 32, tailAddress + 48, tailAddress + 64, 4, factors);
    for (const i of [2, 3, 4])
      heapFloats.copyWithin(offsets[i]!, tailOffsets[i]!, tailOffsets[i]! + count - vectorFloats);
  },
} satisfies Record<string, Task>;
export type TaskName = keyof typeof TASKS;
