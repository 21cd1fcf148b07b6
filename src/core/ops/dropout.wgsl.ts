import { purposeId, RNG_WGSL } from '../base/rng';
import * as tf from '@tensorflow/tfjs';
import { dispatch, kernels, overElements } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Dropout } from './dropout';

export const dropoutOnGpu: Dropout = {
  forward({ x, counter, residual }, { probability, purpose }) {
    const y = emptyTensor(x.shape, 'float32');
    dispatch(scaled(x.size, probability, residual !== undefined), { x, counter, place: place(purpose), residual, y });
    return { y, saved: { counter } };
  },
  backward(dy, { counter }, { probability, purpose }, needsGradient, residual) {
    const dx = needsGradient.x && emptyTensor(dy.shape, 'float32');
    const kernel = scaled(dy.size, probability, residual !== undefined);
    if (dx) dispatch(kernel, { x: dy, counter, place: place(purpose), residual, y: dx });
    return { x: dx, residual: needsGradient.residual && tf.clone(dy) };
  },
};

/** Passed as data, so that all places of a model share a pipeline. */
export const place = (purpose: string): tf.Tensor => tf.tensor1d([purposeId(purpose) | 0], 'int32');

const scaled = kernels((n: number, probability: number, residual: boolean) => {
  const keep = 1 - probability;
  return {
    name: 'dropout',
    bindings: {
      x: ['read', 'f32'],
      counter: ['read', 'i32'],
      place: ['read', 'i32'],
      ...(residual && { residual: ['read', 'f32'] as const }),
      y: ['write', 'f32'],
    } as const,
    globals: RNG_WGSL,
    ...overElements(
      n,
      `let key = rng_key(u32(counter[0]), u32(place[0]), u32(counter[1]));
  let kept = (rng_bits(key, i) >> 8u) < ${Math.ceil(keep * 2 ** 24)}u;
  y[i] = select(0.0, x[i] * ${1 / keep}, kept)${residual ? ' + residual[i]' : ''};`,
    ),
  };
});
