import { inFours, kernels } from '../gpu/dispatch';
import type { AdamWSettings, AdamWUpdate } from './adamw';
import { overWeights, updateOnGpu } from './update.wgsl';

export const adamwOnGpu: AdamWUpdate = (slots, rates, norm, settings) => {
  updateOnGpu(slots, rates, norm, { m: ({ m }) => m, v: ({ v }) => v }, (elements) => kernel(elements, settings));
};

const kernel = kernels((elements: number, { beta1, beta2, epsilon, weightDecay, clip }: AdamWSettings) => ({
  name: 'adamw',
  bindings: {
    w: ['update', inFours(elements).type],
    m: ['update', inFours(elements).type],
    v: ['update', inFours(elements).type],
    g: ['read', inFours(elements).type],
    table: ['read', 'i32'],
    rates: ['read', 'f32'],
    ...(clip > 0 && { norm: ['read', 'f32'] as const }),
  } as const,
  ...overWeights(
    elements,
    clip,
    `let m_i = ${beta1} * m[i] + ${1 - beta1} * g_i;
  let v_i = ${beta2} * v[i] + ${1 - beta2} * g_i * g_i;
  m[i] = m_i;
  v[i] = v_i;
  let direction = m_i / rates[1] / (sqrt(v_i / rates[2]) + ${epsilon});
  w[i] -= rates[0] * (direction + select(0.0, ${weightDecay}, decays) * w[i]);`,
  ),
}));
