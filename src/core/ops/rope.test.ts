import { checkOp, floats, integers } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { ROPE, type Settings } from './rope';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  /** Multiplies each pair of columns, as a complex number, by e^(i a). */
  const byDefinition =
    ({ rows: B, heads, headSize: D, base }: Settings, W: number): InF64 =>
    ({ x, offsets }) =>
      x!.map((value, n) => {
        const T = x!.length / W / B;
        const t = Math.floor(n / W);
        const c = n % W;
        if (c >= heads * D) return value;
        const i = c % (D / 2);
        const a = ((t % T) + (offsets?.[Math.floor(t / T)] ?? 0)) / base ** ((2 * i) / D);
        const first = c % D < D / 2;
        return value * Math.cos(a) + (first ? -1 : 1) * x![first ? n + D / 2 : n - D / 2]! * Math.sin(a);
      });
  const settings: Settings = { rows: 2, heads: 2, headSize: 4, base: 10_000 };
  checkOp('rope', ROPE, { x: floats([6, 8]) }, settings, { inF64: byDefinition(settings, 8) });
  checkOp(
    'rope of q and k in a fused matrix, from a place on',
    ROPE,
    { x: floats([6, 8 + 5]), offsets: integers([2], [0, 1000]) },
    settings,
    { inF64: byDefinition(settings, 13) },
  );
});

onGpu(() => {
  for (const [B, T, heads, headSize, rest] of [
    [1, 1, 1, 16, 0],
    [2, 3, 2, 6, 5],
    [3, 65, 3, 32, 32],
    [1, 127, 1, 128, 64],
    [30, 70, 1, 2, 1],
  ] as const) {
    const x = floats([B * T, heads * headSize + rest]);
    const settings = { rows: B, heads, headSize, base: 10_000 };
    checkOp(`rope of ${B} x ${T}, ${heads} heads of ${headSize}, ${rest} columns copied`, ROPE, { x }, settings);
  }
  checkOp(
    'rope at far places',
    ROPE,
    { x: floats([3 * 2, 64]), offsets: integers([3], [1, 4094, 131_070]) },
    { rows: 3, heads: 2, headSize: 32, base: 500_000 },
  );
});
