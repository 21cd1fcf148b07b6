import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { SWIGLU } from './swiglu';

for (const [N, F] of [
  [1, 3],
  [3, 65],
  [65, 4],
  [127, 7],
  [70_000, 3],
] as const) {
  checkOnGpu(`swiglu of [${N}, 2 x ${F}]`, SWIGLU, { x: floats([N, 2 * F], 20) }, undefined);
}
