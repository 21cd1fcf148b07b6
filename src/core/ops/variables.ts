/** Allocates weights and moments: contiguous on WebGPU, so that one dispatch updates them all; separate elsewhere. */
import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { arena, write } from '../gpu/arena';

export interface OwnedVariables {
  /** In the order of the values. Disposing them individually doesn't free their memory. */
  variables: readonly Variable[];
  dispose(): void;
}

type HostValues = readonly { shape: readonly number[]; data: Float32Array | Int32Array }[];

/** Copies host values to the current device. Variables that aren't trainable are constants (constant.ts). */
export function allocate(values: HostValues, isTrainable = true): OwnedVariables {
  const { variables, buffers } =
    tf.getBackend() === 'webgpu' ? contiguously(values, isTrainable) : separately(values, isTrainable);
  return {
    variables,
    dispose() {
      tf.dispose(variables);
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

// Separate functions, so that `dispose` doesn't close over the values and keep them alive on the host.
function separately(values: HostValues, isTrainable: boolean) {
  const variables = tf.tidy(() =>
    values.map(({ shape, data }) => tf.variable(tf.tensor(data, [...shape], dtypeOf(data)), isTrainable)),
  );
  return { variables, buffers: [] };
}
function contiguously(values: HostValues, isTrainable: boolean) {
  const { tensors, buffers } = arena(values.map(({ shape, data }) => ({ shape, dtype: dtypeOf(data) })));
  const variables = tensors.map((tensor, i) => {
    write(tensor, values[i]!.data.slice());
    const variable = tf.variable(tensor, isTrainable);
    tensor.dispose();
    return variable;
  });
  return { variables, buffers };
}

const dtypeOf = (data: Float32Array | Int32Array) => (data instanceof Int32Array ? 'int32' : 'float32');
