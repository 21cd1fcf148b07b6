/**
 * The sum of two tensors that are larger than a binding. The gradient tape adds what reaches a weight by two ways (embedding
 * and classifier in one) with TensorFlow.js's own kernel, which binds whole tensors.
 */
import * as tf from '@tensorflow/tfjs';
import type { TensorInfo } from '@tensorflow/tfjs';
import { bindingElements, pieces } from './arena';
import { dispatch, kernels, overElements } from './dispatch';
import { emptyTensor } from './tfjs';

let replaced = false;

/** Replaces TensorFlow.js's kernel, once, by one that hands everything else on to it. */
export function addLargeTensors(): void {
  if (replaced) return;
  replaced = true;
  const stock = tf.getKernel('Add', 'webgpu');
  tf.unregisterKernel('Add', 'webgpu');
  tf.registerKernel({
    ...stock,
    kernelFunc(given) {
      const { a, b } = given.inputs as { a: TensorInfo; b: TensorInfo };
      const size = tf.util.sizeFromShape(a.shape);
      const ours = size > bindingElements() && a.dtype === 'float32' && tf.util.arraysEqual(a.shape, b.shape);
      return ours ? sum(a, b, size) : stock.kernelFunc(given);
    },
  });
}

function sum(a: TensorInfo, b: TensorInfo, size: number): TensorInfo {
  const y = emptyTensor(a.shape, 'float32');
  for (const { from, elements: length } of pieces(size)) {
    const part = (tensor: TensorInfo) => ({ tensor, from, length });
    dispatch(added(length), { a: part(a), b: part(b), y: part(y) });
  }
  return y;
}

const added = kernels((n: number) => ({
  name: 'add',
  bindings: { a: ['read', 'f32'], b: ['read', 'f32'], y: ['write', 'f32'] } as const,
  ...overElements(n, 'y[i] = a[i] + b[i];'),
}));
