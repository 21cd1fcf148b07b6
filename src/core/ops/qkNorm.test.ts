import { checkOp, floats, integers, type Sample } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { QK_NORM, type Settings } from './qkNorm';

/** Head by head: divided by its root mean square and scaled, then each pair of columns as a complex number, times e^(i a). */
const byDefinition =
  ({ rows: B, heads, kvHeads, base, epsilon }: Settings): InF64 =>
  ({ x, qGain, kGain, offsets }) => {
    const [D, all] = [qGain!.length, heads + 2 * kvHeads];
    const T = x!.length / D / all / B;
    const y = x!.slice();
    for (let n = 0; n < B * T * all; n++) {
      const [head, t] = [n % all, Math.floor(n / all)];
      if (head >= heads + kvHeads) continue;
      const own = x!.subarray(n * D, (n + 1) * D);
      const rms = Math.sqrt(own.reduce((sum, v) => sum + v * v, 0) / D + epsilon);
      const normed = own.map((v, i) => (v / rms) * (head < heads ? qGain! : kGain!)[i]!);
      for (let i = 0; i < D / 2; i++) {
        const a = ((t % T) + (offsets?.[Math.floor(t / T)] ?? 0)) / base ** ((2 * i) / D);
        const [re, im] = [normed[i]!, normed[i + D / 2]!];
        y[n * D + i] = re * Math.cos(a) - im * Math.sin(a);
        y[n * D + i + D / 2] = im * Math.cos(a) + re * Math.sin(a);
      }
    }
    return y;
  };
const check = (name: string, sample: Sample, settings: Settings): void =>
  checkOp(name, QK_NORM, sample, settings, byDefinition(settings));
const gains = (D: number): Sample => ({ qGain: floats([D], 1, 1), kGain: floats([D], 1, 2) });
const usual = { base: 10_000, epsilon: 1e-3 };

check('qkNorm', { x: floats([6, 6 * 4], 2), ...gains(4) }, { rows: 2, heads: 2, kvHeads: 2, ...usual });
check(
  'qkNorm of grouped queries, from a place on',
  { x: floats([6, (4 + 2 * 2) * 2], 2), ...gains(2), offsets: integers([2], [0, 1000]) },
  { rows: 2, heads: 4, kvHeads: 2, ...usual },
);
check(
  'qkNorm of heads near 0',
  { x: floats([3, 5 * 6], 0.03), ...gains(6) },
  { rows: 1, heads: 3, kvHeads: 1, ...usual },
);
