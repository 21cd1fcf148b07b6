import type { SgdSettings, SgdSlot, SgdUpdate } from './sgd';
import { updateOnGpu } from './update.wgsl';

export const sgdOnGpu: SgdUpdate = updateOnGpu<SgdSlot, SgdSettings>(
  'sgd',
  { v: ({ v }) => v },
  ({ momentum, weightDecay }) => `let v_i = ${momentum} * v[i] + g_i + select(0.0, ${weightDecay}, decays) * w[i];
  v[i] = v_i;
  w[i] -= rates[0] * v_i;`,
);
