import { checkOp, floats } from '../../testing/checkOp';
import { LINEAR } from './linear';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const x = floats([5, 3]);
  const weight = floats([3, 7], 0.8, 1);
  const bias = floats([7], 0.5, 2);
  const residual = floats([5, 7], 1, 3);
  checkOp('linear', LINEAR, { x, weight }, undefined);
  checkOp('linear with bias', LINEAR, { x, weight, bias }, undefined);
  checkOp('linear with bias and residual', LINEAR, { x, weight, bias, residual }, undefined);
  checkOp(
    'linear of one row with residual',
    LINEAR,
    { x: floats([1, 3]), weight, residual: floats([1, 7]) },
    undefined,
  );
});

onGpu(() => {
  for (const [N, I, O] of [
    [1, 3, 5],
    [3, 5, 7],
    [65, 127, 33],
    [70, 64, 128],
    [127, 48, 192],
    [5000, 4, 3],
  ] as const) {
    const x = floats([N, I]);
    const weight = floats([I, O], 0.4, 1);
    const bias = floats([O], 0.5, 2);
    const residual = floats([N, O], 1, 3);
    const all = { x, weight, bias, residual };
    checkOp(`linear of [${N}, ${I}] to ${O}`, LINEAR, { x, weight }, undefined);
    checkOp(`linear of [${N}, ${I}] to ${O} with bias and residual`, LINEAR, all, undefined);
  }
});
