import { floats } from '../testing/checkOp';
import { checkOnGpu, startDawn } from '../testing/checkOnGpu';
import { ATTENTION } from './attention';

startDawn();
for (const [rows, T, heads, D] of [
  [1, 1, 1, 16],
  [2, 3, 2, 5],
  [2, 65, 3, 18],
  [1, 127, 2, 32],
  [2, 40, 1, 64],
  [1, 33, 1, 128],
] as const) {
  const qkv = floats([rows * T, 3 * heads * D], 1.5);
  checkOnGpu(`attention of ${rows} x ${T}, ${heads} heads of ${D}`, ATTENTION, { qkv }, { rows, heads }, 2e-5);
}
