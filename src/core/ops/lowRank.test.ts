import { checkOp, floats } from '../../testing/checkOp';
import { LOW_RANK } from './lowRank';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const pair = { down: floats([3, 2], 0.6, 4), up: floats([2, 7], 0.7, 5) };
  const given = { x: floats([5, 3]), weight: floats([3, 7], 0.8, 1), ...pair };
  const extra = { bias: floats([7], 0.5, 2), residual: floats([5, 7], 1, 3) };
  const added = floats([5, 3], 1, 6);
  checkOp('lowRank', LOW_RANK, given, { scale: 1 });
  checkOp('lowRank with a scale, bias and residual', LOW_RANK, { ...given, ...extra }, { scale: 2.5 });
  checkOp('lowRank that reads another tensor', LOW_RANK, { ...given, ...extra, added }, { scale: 2.5 });
  for (const activation of ['gelu-tanh', 'silu'] as const) {
    checkOp(`lowRank after ${activation}`, LOW_RANK, { ...given, ...extra }, { scale: 2.5, after: { activation } });
    const x = floats([5, 6]);
    checkOp(
      `lowRank after ${activation} of a gate`,
      LOW_RANK,
      { ...given, x },
      { scale: 2, after: { activation, gated: true } },
    );
  }
});

onGpu(() => {
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
    checkOp(name, LOW_RANK, given, { scale: 2 });
    checkOp(`${name}, all`, LOW_RANK, { ...given, ...extra, added: floats([N, I], 1, 6) }, { scale: 0.5 });
    const after = { activation: 'gelu-tanh' } as const;
    checkOp(`${name} after an activation`, LOW_RANK, { ...given, ...extra }, { scale: 2, after });
    const gated = { activation: 'silu', gated: true } as const;
    checkOp(`${name} after a gate`, LOW_RANK, { ...given, x: floats([N, 2 * I]) }, { scale: 2, after: gated });
  }
});
