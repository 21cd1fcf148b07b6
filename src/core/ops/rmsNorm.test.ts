import { checkBranch } from '../testing/checkBranch';
import { checkOp, floats } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { RMS_NORM, rmsNorm, rmsNormWithResidual } from './rmsNorm';

const epsilon = 1e-3;
const byDefinition: InF64 = ({ x, gain, residual }) => {
  const C = gain!.length;
  return x!.map((value, i) => {
    const row = x!.subarray(i - (i % C)).subarray(0, C);
    return (
      (value / Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / C + epsilon)) * gain![i % C]! + (residual?.[i] ?? 0)
    );
  });
};
checkOp('rmsNorm', RMS_NORM, { x: floats([5, 9], 2), gain: floats([9], 1, 1) }, { epsilon }, byDefinition);
checkOp(
  'rmsNorm of one row near 0',
  RMS_NORM,
  { x: floats([1, 4], 0.05), gain: floats([4]) },
  { epsilon },
  byDefinition,
);
checkOp(
  'rmsNorm added to a residual',
  RMS_NORM,
  { x: floats([5, 9], 2), gain: floats([9], 1, 1), residual: floats([5, 9], 1, 2) },
  { epsilon },
  byDefinition,
);
checkBranch('rmsNorm', {
  given: [floats([5, 9], 2), floats([9], 1, 1)],
  norm: (x, gain) => rmsNorm(x, gain!),
  ofBranch: (x, gain) => rmsNormWithResidual(x, gain!),
});
