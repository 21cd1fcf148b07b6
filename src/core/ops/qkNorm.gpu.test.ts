import { floats, integers, type Sample } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { QK_NORM } from './qkNorm';

const sample = (N: number, heads: number, kvHeads: number, D: number): Sample => ({
  x: floats([N, (heads + 2 * kvHeads) * D], 2),
  qGain: floats([D], 1, 1),
  kGain: floats([D], 1, 2),
});
for (const [B, T, heads, kvHeads, D] of [
  [1, 1, 1, 1, 2],
  [2, 3, 2, 1, 6],
  [3, 65, 4, 2, 32],
  [1, 127, 3, 1, 64],
  [2, 9, 2, 2, 128],
  [1, 5, 1, 1, 258],
  [1000, 70, 1, 1, 2],
] as const) {
  const settings = { rows: B, heads, kvHeads, base: 10_000, epsilon: 1e-6 };
  const name = `qkNorm of ${B} x ${T}, ${heads} heads of ${D}, ${kvHeads} of keys`;
  checkOnGpu(name, QK_NORM, sample(B * T, heads, kvHeads, D), settings);
}
checkOnGpu(
  'qkNorm at far places',
  QK_NORM,
  { ...sample(6, 2, 1, 32), offsets: integers([3], [1, 4094, 131_070]) },
  { rows: 3, heads: 2, kvHeads: 1, base: 1_000_000, epsilon: 1e-6 },
);
