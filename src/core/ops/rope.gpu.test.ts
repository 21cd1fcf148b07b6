import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { ROPE } from './rope';

for (const [B, T, heads, headSize, rest] of [
  [1, 1, 1, 16, 0],
  [2, 3, 2, 6, 5],
  [3, 65, 3, 32, 32],
  [1, 127, 1, 128, 64],
  [1000, 70, 1, 2, 1],
] as const) {
  const x = floats([B * T, heads * headSize + rest]);
  const settings = { rows: B, heads, headSize, base: 10_000 };
  checkOnGpu(`rope of ${B} x ${T}, ${heads} heads of ${headSize}, ${rest} columns copied`, ROPE, { x }, settings);
}
checkOnGpu(
  'rope at far places',
  ROPE,
  { x: floats([3 * 2, 64]), offsets: integers([3], [1, 4094, 131_070]) },
  { rows: 3, heads: 2, headSize: 32, base: 500_000 },
);
