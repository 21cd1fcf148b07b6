/** Runs a pass of threads/passes.ts over tensors on the WASM heap, on all threads. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type OnHeap, onHeap } from '../gpu/wasmTensors';
import type { Kind } from '../threads/pass';
import { PASS_NAMES, type PassName, PASSES } from '../threads/passes';
import type { Differentiable, Tensors } from './op';

type InputsOf<N extends PassName> = (typeof PASSES)[N]['inputs'];
/** A number for inputs of that kind, else a tensor. */
type PassInputs<N extends PassName> = {
  readonly [name in keyof InputsOf<N>]: InputsOf<N>[name] extends 'number' ? number : Tensor;
};

/** Implementation for hosts: by passes if tensors are on the WASM heap, else the reference. Both save the same tensors. */
export const byPasses = <X extends Tensors, P, S extends Tensors>(
  reference: Differentiable<X, P, S>,
  passes: (heap: OnHeap) => Differentiable<X, P, S>,
): Differentiable<X, P, S> => {
  const current = (): Differentiable<X, P, S> => {
    const heap = onHeap();
    return heap ? passes(heap) : reference;
  };
  return {
    forward: (...input) => current().forward(...input),
    backward: (...input) => current().backward(...input),
  };
};

/** Computes a new tensor from inputs of these rows and columns: [rows, columns] of a map, [columns] or [rows, 1] of sums. */
export function runPass<N extends PassName>(
  heap: OnHeap,
  name: N,
  inputs: PassInputs<N>,
  [rows, columns]: readonly [rows: number, columns: number],
): Tensor {
  const { output } = PASSES[name];
  const { tensor, address } = heap.output({ map: [rows, columns], columns: [columns], rows: [rows, 1] }[output]);
  compute(heap, name, inputs, { rows, columns, address });
  return tensor;
}

/** Computes a map in place of `into` [rows, columns], which may be one of its inputs. */
export function overwrite<N extends PassName>(heap: OnHeap, name: N, inputs: PassInputs<N>, into: Tensor2D): void {
  const [rows, columns] = into.shape;
  compute(heap, name, inputs, { rows, columns, address: heap.addressOf(into) });
}

interface Output {
  rows: number;
  columns: number;
  address: number;
}
function compute<N extends PassName>(heap: OnHeap, name: N, inputs: PassInputs<N>, to: Output): void {
  const { rows, columns, address } = to;
  const { output, inputs: kinds } = PASSES[name];
  const numbers = Object.entries<Kind>(kinds).flatMap(([input, kind]) => {
    const value = (inputs as Readonly<Record<string, Tensor | number>>)[input]!;
    return typeof value === 'number' ? [bitsOf(value), 0, 0] : [heap.addressOf(value), ...STEPS[kind](columns)];
  });
  const outputSteps = STEPS[KINDS_OF_OUTPUT[output]](columns);
  const [rowsPerTask, columnsPerTask] = partsOf(name, rows, columns, heap.threads.count);
  heap.threads.run(
    'pass',
    [
      ...[PASS_NAMES.indexOf(name), rows, columns, rowsPerTask, columnsPerTask, Object.keys(kinds).length],
      ...[...numbers, address, ...outputSteps],
    ],
    Math.ceil(rows / rowsPerTask) * Math.ceil(columns / columnsPerTask),
  );
}
const KINDS_OF_OUTPUT = { map: 'each', columns: 'column', rows: 'row' } as const;

/** Bytes from row to row and from column to column. */
const STEPS: Readonly<Record<Kind, (columns: number) => [number, number]>> = {
  each: (columns) => [4 * columns, 4],
  column: () => [0, 4],
  row: () => [4, 0],
  number: () => [0, 0],
};

/** Rows and columns of one task: about a task's elements, whole rows, or for sums over rows whole columns. */
function partsOf(name: PassName, rows: number, columns: number, threads: number): [rows: number, columns: number] {
  const { output, inputs } = PASSES[name];
  if (threads === 1 || rows * columns < 2 * ELEMENTS_PER_TASK) return [rows, columns];
  if (output === 'columns') {
    const wanted = Math.ceil(ELEMENTS_PER_TASK / rows / COLUMNS_OF_BLOCK) * COLUMNS_OF_BLOCK;
    return [rows, Math.min(columns, wanted)];
  }
  if (output === 'map' && rows === 1 && !Object.values<Kind>(inputs).includes('row')) {
    return [1, Math.min(columns, ELEMENTS_PER_TASK)];
  }
  return [Math.min(rows, Math.ceil(ELEMENTS_PER_TASK / columns / LANES) * LANES), columns];
}
const ELEMENTS_PER_TASK = 2 ** 14;
/** Columns that a sum over rows keeps in registers; a multiple of a cache line. */
const COLUMNS_OF_BLOCK = 16;
const LANES = 4;

/** Bits of a number rounded to f32. */
const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;
