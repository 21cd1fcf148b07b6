import { checkOp, floats } from '../testing/checkOp';
import { LOW_RANK } from './lowRank';

const pair = { down: floats([3, 2], 0.6, 4), up: floats([2, 7], 0.7, 5) };
const given = { x: floats([5, 3]), weight: floats([3, 7], 0.8, 1), ...pair };
const extra = { bias: floats([7], 0.5, 2), residual: floats([5, 7], 1, 3) };
const beside = floats([5, 3], 1, 6);
checkOp('lowRank', LOW_RANK, given, { scale: 1 });
checkOp('lowRank with a scale, bias and residual', LOW_RANK, { ...given, ...extra }, { scale: 2.5 });
checkOp('lowRank that reads another tensor', LOW_RANK, { ...given, ...extra, beside }, { scale: 2.5 });
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
