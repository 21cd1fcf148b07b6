import { checkOp, floats, type Sample } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { QK_NORM_ROWS } from './qkNormRows';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  /** By definition per row: divides all queries by their root mean square and scales them, then all keys. */
  const byDefinition =
    (epsilon: number): InF64 =>
    ({ x, qGain, kGain }) => {
      const [Q, K] = [qGain!.length, kGain!.length];
      const y = x!.slice();
      for (let first = 0; first < y.length; first += Q + 2 * K)
        for (const [from, gain] of [[first, qGain!] as const, [first + Q, kGain!] as const]) {
          const own = x!.subarray(from, from + gain.length);
          const rms = Math.sqrt(own.reduce((sum, v) => sum + v * v, 0) / own.length + epsilon);
          own.forEach((v, i) => (y[from + i] = (v / rms) * gain[i]!));
        }
      return y;
    };
  const sample = (N: number, Q: number, K: number, by: number): Sample => ({
    x: floats([N, Q + 2 * K], by),
    qGain: floats([Q], 1, 1),
    kGain: floats([K], 1, 2),
  });
  const check = (name: string, given: Sample, epsilon: number): void =>
    checkOp(name, QK_NORM_ROWS, given, { epsilon }, { inF64: byDefinition(epsilon) });

  check('qkNormRows', sample(4, 6, 6, 2), 1e-3);
  check('qkNormRows of grouped queries', sample(3, 12, 4, 2), 1e-3);
  check('qkNormRows of one row near 0', sample(1, 6, 2, 0.03), 1e-3);
});

onGpu(() => {
  for (const [N, Q, K] of [
    [1, 2, 2],
    [6, 12, 6],
    [65, 128, 64],
    [127, 195, 65],
    [32_800, 4, 2], // one row per group: more workgroups than one grid dimension allows (`row` in gpu/dispatch.ts)
  ] as const) {
    const sample = { x: floats([N, Q + 2 * K], 2), qGain: floats([Q], 1, 1), kGain: floats([K], 1, 2) };
    checkOp(`qkNormRows of ${N} rows, ${Q} columns of queries, ${K} of keys`, QK_NORM_ROWS, sample, { epsilon: 1e-6 });
  }
});
