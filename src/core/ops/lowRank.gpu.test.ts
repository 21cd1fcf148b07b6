import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { LOW_RANK } from './lowRank';

for (const [N, I, R, O] of [
  [1, 3, 1, 5],
  [65, 127, 3, 33],
  [70, 64, 8, 128],
  [127, 48, 4, 192],
] as const) {
  const pair = { down: floats([I, R], 0.4, 4), up: floats([R, O], 0.4, 5) };
  const given = { x: floats([N, I]), weight: floats([I, O], 0.4, 1), ...pair };
  const extra = { bias: floats([O], 0.5, 2), residual: floats([N, O], 1, 3) };
  const name = `lowRank of [${N}, ${I}] by ${R} to ${O}`;
  checkOnGpu(name, LOW_RANK, given, { scale: 2 });
  checkOnGpu(`${name}, all`, LOW_RANK, { ...given, ...extra, beside: floats([N, I], 1, 6) }, { scale: 0.5 });
  const after = { activation: 'gelu-tanh' } as const;
  checkOnGpu(`${name} after an activation`, LOW_RANK, { ...given, ...extra }, { scale: 2, after });
  const gated = { activation: 'silu', gated: true } as const;
  checkOnGpu(`${name} after a gate`, LOW_RANK, { ...given, x: floats([N, 2 * I]) }, { scale: 2, after: gated });
}
