import { checkBranch, checkBranchOnGpu } from '../../testing/checkBranch';
import { checkOp, floats } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { RMS_NORM, rmsNorm, rmsNormWithResidual } from './rmsNorm';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
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
  checkOp('rmsNorm', RMS_NORM, { x: floats([5, 9], 2), gain: floats([9], 1, 1) }, { epsilon }, { inF64: byDefinition });
  checkOp(
    'rmsNorm of one row near 0',
    RMS_NORM,
    { x: floats([1, 4], 0.05), gain: floats([4]) },
    { epsilon },
    { inF64: byDefinition },
  );
  checkOp(
    'rmsNorm added to a residual',
    RMS_NORM,
    { x: floats([5, 9], 2), gain: floats([9], 1, 1), residual: floats([5, 9], 1, 2) },
    { epsilon },
    { inF64: byDefinition },
  );
  checkBranch('rmsNorm', {
    given: [floats([5, 9], 2), floats([9], 1, 1)],
    norm: (x, gain) => rmsNorm(x, gain!),
    ofBranch: (x, gain) => rmsNormWithResidual(x, gain!),
  });
});

onGpu(() => {
  for (const [N, C] of [
    [1, 3],
    [3, 64],
    [65, 127],
    [127, 192],
    [1000, 5],
  ] as const) {
    const given = { x: floats([N, C], 3), gain: floats([C], 1, 1) };
    checkOp(`rmsNorm of [${N}, ${C}]`, RMS_NORM, given, { epsilon: 1e-6 });
    const added = { ...given, residual: floats([N, C], 1, 2) };
    checkOp(`rmsNorm of [${N}, ${C}], added to a residual`, RMS_NORM, added, { epsilon: 1e-6 });
  }
  // For layerNorm's rows too: a group takes four.
  const many = { x: floats([131_076, 2], 3), gain: floats([2], 1, 1) };
  checkOp('more groups of rows than a grid has on one side', RMS_NORM, many, { epsilon: 1e-6 });
  for (const [N, C] of [
    [3, 9],
    [65, 64],
  ] as const) {
    const given = [floats([N, C], 2), floats([C], 1, 1)];
    checkBranchOnGpu(`rmsNorm of [${N}, ${C}]`, given, (x, gain) => rmsNormWithResidual(x, gain!));
  }
});
