import type { AdamWSettings, AdamWSlot, AdamWUpdate } from './adamw';
import { updateOnGpu } from './update.wgsl';

export const adamwOnGpu: AdamWUpdate = updateOnGpu<AdamWSlot, AdamWSettings>(
  'adamw',
  { m: ({ m }) => m, v: ({ v }) => v },
  ({ beta1, beta2, epsilon, weightDecay }) => `let m_i = ${beta1} * m[i] + ${1 - beta1} * g_i;
  let v_i = ${beta2} * v[i] + ${1 - beta2} * g_i * g_i;
  m[i] = m_i;
  v[i] = v_i;
  let direction = m_i / rates[1] / (sqrt(v_i / rates[2]) + ${epsilon});
  w[i] -= rates[0] * (direction + select(0.0, ${weightDecay}, decays) * w[i]);`,
);
