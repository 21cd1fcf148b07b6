import type { LionSettings, LionSlot, LionUpdate } from './lion';
import { updateOnGpu } from './update.wgsl';

export const lionOnGpu: LionUpdate = updateOnGpu<LionSlot, LionSettings>(
  'lion',
  { m: ({ m }) => m },
  ({ beta1, beta2, weightDecay }) => `let m_i = m[i];
  let direction = sign(${beta1} * m_i + ${1 - beta1} * g_i);
  w[i] -= rates[0] * (direction + select(0.0, ${weightDecay}, decays) * w[i]);
  m[i] = ${beta2} * m_i + ${1 - beta2} * g_i;`,
);
