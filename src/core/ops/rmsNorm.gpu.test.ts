import { checkBranchOnGpu } from '../testing/checkBranch';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { RMS_NORM, rmsNormWithResidual } from './rmsNorm';

for (const [N, C] of [
  [1, 3],
  [3, 64],
  [65, 127],
  [127, 192],
  [70_000, 5],
] as const) {
  checkOnGpu(`rmsNorm of [${N}, ${C}]`, RMS_NORM, { x: floats([N, C], 3), gain: floats([C], 1, 1) }, { epsilon: 1e-6 });
}
for (const [N, C] of [
  [3, 9],
  [65, 64],
] as const) {
  const given = [floats([N, C], 2), floats([C], 1, 1)];
  checkBranchOnGpu(`rmsNorm of [${N}, ${C}]`, given, (x, gain) => rmsNormWithResidual(x, gain!));
}
