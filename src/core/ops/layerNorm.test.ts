import { checkBranch, checkBranchOnGpu } from '../../testing/checkBranch';
import { checkOp, floats } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { LAYER_NORM, layerNorm, layerNormWithResidual } from './layerNorm';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const byDefinition: InF64 = ({ x, gain, bias }) => {
    const C = gain!.length;
    return x!.map((value, i) => {
      const row = x!.subarray(i - (i % C)).subarray(0, C);
      const mean = row.reduce((sum, v) => sum + v, 0) / C;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / C;
      return ((value - mean) / Math.sqrt(variance + 1e-5)) * gain![i % C]! + (bias?.[i % C] ?? 0);
    });
  };

  checkOp(
    'layerNorm',
    LAYER_NORM,
    { x: floats([5, 9], 2), gain: floats([9], 1, 1), bias: floats([9], 1, 2) },
    { epsilon: 1e-5 },
    { inF64: byDefinition },
  );
  checkOp(
    'layerNorm without a bias',
    LAYER_NORM,
    { x: floats([5, 9], 2), gain: floats([9], 1, 1) },
    { epsilon: 1e-5 },
    { inF64: byDefinition },
  );
  checkOp(
    'layerNorm of one row far from 0',
    LAYER_NORM,
    { x: { shape: [1, 4], data: Float32Array.of(3, 5, 4, 7) }, gain: floats([4]), bias: floats([4]) },
    { epsilon: 1e-5 },
    { inF64: byDefinition },
  );

  for (const biased of [true, false]) {
    checkBranch(`layerNorm ${biased ? 'with' : 'without'} a bias`, {
      given: [floats([5, 9], 2), floats([9], 1, 1), ...(biased ? [floats([9], 1, 2)] : [])],
      norm: (x, gain, bias) => layerNorm(x, gain!, bias),
      ofBranch: (x, gain, bias) => layerNormWithResidual(x, gain!, bias),
    });
  }
});

onGpu(() => {
  for (const [N, C] of [
    [1, 3],
    [3, 4],
    [65, 127],
    [127, 192],
    [1000, 5],
  ] as const) {
    const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1), bias: floats([C], 1, 2) };
    checkOp(`layerNorm of [${N}, ${C}]`, LAYER_NORM, sample, { epsilon: 1e-5 });
  }

  for (const [N, C] of [
    [3, 4],
    [65, 127],
  ] as const) {
    const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1) };
    checkOp(`layerNorm of [${N}, ${C}] without a bias`, LAYER_NORM, sample, { epsilon: 1e-5 });
  }

  for (const [N, C] of [
    [1, 3],
    [3, 9],
    [65, 64],
    [127, 127],
    [1000, 5],
  ] as const) {
    const given = [floats([N, C], 2), floats([C], 1, 1), floats([C], 1, 2)];
    checkBranchOnGpu(`layerNorm of [${N}, ${C}]`, given, (x, gain, bias) => layerNormWithResidual(x, gain!, bias));
  }
  checkBranchOnGpu('layerNorm without a bias', [floats([65, 64], 2), floats([64], 1, 1)], (x, gain) =>
    layerNormWithResidual(x, gain!),
  );
});
