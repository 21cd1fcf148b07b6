/** Memory of tensors while threads (core/threads) work on them: the WASM heap, or a copy without WASM. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { onHeap, type OnHeap } from '../gpu/wasmTensors';
import { attend, attendBackward } from '../threads/attention';

/** Tasks that also work without kernels. */
const TASKS = { attend, attendBackward };

export interface HostMemory {
  /** Number of threads that share the memory. */
  threads: number;
  /** A tensor's address, in bytes. */
  input(tensor: Tensor): number;
  /** Makes a new tensor; undefined content unless `cleared`. */
  output(shape: readonly number[], cleared?: boolean): { address: number; tensor(): Tensor };
  /** Returns addresses of temporary memory of these sizes in bytes, valid until the next call. */
  scratch<N extends readonly number[]>(...bytes: N): { [I in keyof N]: number };
  /** Returns the whole memory at its current size. */
  floats(): Float32Array;
  run(name: keyof typeof TASKS, numbers: readonly number[], tasks: number): void;
}

export const hostMemory = (): HostMemory => {
  const heap = onHeap();
  return heap ? onWasm(heap) : onCopies();
};

function onWasm({ threads, addressOf, valuesOf, output, scratch }: OnHeap): HostMemory {
  return {
    threads: threads.count,
    input: addressOf,
    output(shape, cleared = false) {
      const { tensor, address } = output(shape);
      if (cleared) valuesOf(tensor).fill(0);
      return { address, tensor: () => tensor };
    },
    scratch,
    floats: threads.heap.floats,
    run: (name, numbers, tasks) => threads.run(name, numbers, tasks),
  };
}

/** Makes memory for one op: inputs are copied into a growing array, and outputs out of it. */
function onCopies(): HostMemory {
  let floats = new Float32Array(FIRST_FLOATS);
  let end = ALIGNED; // address 0 means absent
  const allocate = (bytes: number): number => {
    const address = end;
    end += Math.ceil(bytes / ALIGNED) * ALIGNED;
    if (end > floats.byteLength) {
      const larger = new Float32Array(2 ** Math.ceil(Math.log2(end / 4)));
      larger.set(floats);
      floats = larger;
    }
    return address;
  };
  return {
    threads: 1,
    input(tensor) {
      const values = tensor.dataSync();
      const at = allocate(4 * values.length);
      const target = values instanceof Int32Array ? new Int32Array(floats.buffer) : floats;
      target.set(values, at / 4);
      return at;
    },
    output(shape) {
      const size = tf.util.sizeFromShape([...shape]);
      const address = allocate(4 * size);
      return { address, tensor: () => tf.tensor(floats.slice(address / 4, address / 4 + size), [...shape]) };
    },
    scratch: (...bytes) => bytes.map(allocate) as { [I in keyof typeof bytes]: number },
    floats: () => floats,
    run(name, numbers, tasks) {
      const encoded = Int32Array.from(numbers);
      for (let task = 0; task < tasks; task++) TASKS[name]({ floats: () => floats }, encoded, task, 0);
    },
  };
}
const FIRST_FLOATS = 2 ** 14;
const ALIGNED = 64;
