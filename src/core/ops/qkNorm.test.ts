import { checkOp, floats, integers, type Sample } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { QK_NORM, type Settings } from './qkNorm';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  /** By definition, per head: RMS norm and scale, then each pair of columns as a complex number, times e^(i a). */
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
    checkOp(name, QK_NORM, sample, settings, { inF64: byDefinition(settings) });
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
});

onGpu(() => {
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
    [938, 70, 1, 1, 2], // four heads per group: more groups than one grid dimension allows (`row` in gpu/dispatch.ts)
  ] as const) {
    const settings = { rows: B, heads, kvHeads, base: 10_000, epsilon: 1e-6 };
    const name = `qkNorm of ${B} x ${T}, ${heads} heads of ${D}, ${kvHeads} of keys`;
    checkOp(name, QK_NORM, sample(B * T, heads, kvHeads, D), settings);
  }
  checkOp(
    'qkNorm at far places',
    QK_NORM,
    { ...sample(6, 2, 1, 32), offsets: integers([3], [1, 4094, 131_070]) },
    { rows: 3, heads: 2, kvHeads: 1, base: 1_000_000, epsilon: 1e-6 },
  );
});
