import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { LINEAR } from './linear';

for (const [N, I, O] of [
  [1, 3, 5],
  [3, 5, 7],
  [65, 127, 33],
  [70, 64, 128],
  [127, 48, 192],
  [70_000, 4, 3],
] as const) {
  const x = floats([N, I]);
  const weight = floats([I, O], 0.4, 1);
  const bias = floats([O], 0.5, 2);
  const residual = floats([N, O], 1, 3);
  const all = { x, weight, bias, residual };
  checkOnGpu(`linear of [${N}, ${I}] to ${O}`, LINEAR, { x, weight }, undefined);
  checkOnGpu(`linear of [${N}, ${I}] to ${O} with bias and residual`, LINEAR, all, undefined);
}
