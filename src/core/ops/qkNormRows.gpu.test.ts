import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { QK_NORM_ROWS } from './qkNormRows';

for (const [N, Q, K] of [
  [1, 2, 2],
  [6, 12, 6],
  [65, 128, 64],
  [127, 195, 65],
  [70_000, 4, 2],
] as const) {
  const sample = { x: floats([N, Q + 2 * K], 2), qGain: floats([Q], 1, 1), kGain: floats([K], 1, 2) };
  checkOnGpu(`qkNormRows of ${N} rows, ${Q} columns of queries, ${K} of keys`, QK_NORM_ROWS, sample, { epsilon: 1e-6 });
}
