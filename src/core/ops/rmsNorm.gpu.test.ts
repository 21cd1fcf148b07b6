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
  const given = { x: floats([N, C], 3), gain: floats([C], 1, 1) };
  checkOnGpu(`rmsNorm of [${N}, ${C}]`, RMS_NORM, given, { epsilon: 1e-6 });
  const added = { ...given, residual: floats([N, C], 1, 2) };
  checkOnGpu(`rmsNorm of [${N}, ${C}], added to a residual`, RMS_NORM, added, { epsilon: 1e-6 });
}
for (const [N, C] of [
  [3, 9],
  [65, 64],
] as const) {
  const given = [floats([N, C], 2), floats([C], 1, 1)];
  checkBranchOnGpu(`rmsNorm of [${N}, ${C}]`, given, (x, gain) => rmsNormWithResidual(x, gain!));
}
