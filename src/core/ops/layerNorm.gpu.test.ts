import { checkBranchOnGpu } from '../testing/checkBranch';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { LAYER_NORM, layerNormWithResidual } from './layerNorm';

for (const [N, C] of [
  [1, 3],
  [3, 4],
  [65, 127],
  [127, 192],
  [70_000, 5],
] as const) {
  const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1), bias: floats([C], 1, 2) };
  checkOnGpu(`layerNorm of [${N}, ${C}]`, LAYER_NORM, sample, { epsilon: 1e-5 });
}

for (const [N, C] of [
  [3, 4],
  [65, 127],
] as const) {
  const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1) };
  checkOnGpu(`layerNorm of [${N}, ${C}] without a bias`, LAYER_NORM, sample, { epsilon: 1e-5 });
}

for (const [N, C] of [
  [1, 3],
  [3, 9],
  [65, 64],
  [127, 127],
  [70_000, 5],
] as const) {
  const given = [floats([N, C], 2), floats([C], 1, 1), floats([C], 1, 2)];
  checkBranchOnGpu(`layerNorm of [${N}, ${C}]`, given, (x, gain, bias) => layerNormWithResidual(x, gain!, bias));
}
checkBranchOnGpu('layerNorm without a bias', [floats([65, 64], 2), floats([64], 1, 1)], (x, gain) =>
  layerNormWithResidual(x, gain!),
);
