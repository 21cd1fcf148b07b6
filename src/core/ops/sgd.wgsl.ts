import { inFours, kernels } from '../gpu/dispatch';
import type { SgdSettings, SgdUpdate } from './sgd';
import { overWeights, updateOnGpu } from './update.wgsl';

export const sgdOnGpu: SgdUpdate = (slots, rates, norm, settings) => {
  updateOnGpu(slots, rates, norm, { v: ({ v }) => v }, (elements) => kernel(elements, settings));
};

const kernel = kernels((elements: number, { momentum, weightDecay, clip }: SgdSettings) => ({
  name: 'sgd',
  bindings: {
    w: ['update', inFours(elements).type],
    v: ['update', inFours(elements).type],
    g: ['read', inFours(elements).type],
    table: ['read', 'i32'],
    rates: ['read', 'f32'],
    ...(clip > 0 && { norm: ['read', 'f32'] as const }),
  } as const,
  ...overWeights(
    elements,
    clip,
    `let v_i = ${momentum} * v[i] + g_i + select(0.0, ${weightDecay}, decays) * w[i];
  v[i] = v_i;
  w[i] -= rates[0] * v_i;`,
  ),
}));
