import { floats } from '../testing/checkOp';
import { checkOnGpu, startDawn } from '../testing/checkOnGpu';
import { LAYER_NORM } from './layerNorm';

startDawn();
for (const [N, C] of [
  [1, 3],
  [65, 127],
  [70, 192],
  [70_000, 5],
] as const) {
  const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1), bias: floats([C], 1, 2) };
  checkOnGpu(`layerNorm of [${N}, ${C}]`, LAYER_NORM, sample, { epsilon: 1e-5 }, 2e-5);
}
