import { ALL_ACTIVATIONS } from '../testing/activations';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { GATED } from './gated';

for (const activation of ALL_ACTIVATIONS) {
  for (const [N, F] of [
    [1, 3],
    [3, 65],
    [65, 4],
    [127, 7],
    [70_000, 3],
  ] as const) {
    checkOnGpu(`[${N}, 2 x ${F}] gated by ${activation}`, GATED, { x: floats([N, 2 * F], 20) }, activation);
  }
}
