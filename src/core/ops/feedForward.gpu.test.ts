import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { FEED_FORWARD } from './feedForward';

for (const [N, C, H, O] of [
  [1, 3, 5, 7],
  [3, 5, 127, 5],
  [65, 12, 48, 12],
  [127, 16, 65, 33],
  [70_000, 3, 5, 3],
] as const) {
  const sample = {
    x: floats([N, C]),
    inWeight: floats([C, H], 0.4, 1),
    inBias: floats([H], 0.5, 2),
    outWeight: floats([H, O], 0.4, 3),
    outBias: floats([O], 0.5, 4),
    residual: floats([N, O], 1, 5),
  };
  checkOnGpu(`feedForward of [${N}, ${C}] by ${H} to ${O}`, FEED_FORWARD, sample, undefined);
}
