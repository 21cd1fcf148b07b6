import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS } from '../../testing/activations';
import { checkOp, floats } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import type { Activation } from './activation';
import { GATED } from './gated';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const byDefinition =
    (F: number, activation: Activation): InF64 =>
    ({ x }) =>
      [...x!].flatMap((gate, i) => (i % (2 * F) < F ? [ACTIVATIONS_IN_F64[activation](gate) * x![i + F]!] : []));
  for (const activation of ALL_ACTIVATIONS) {
    const check = (name: string, x: ReturnType<typeof floats>) =>
      checkOp(name, GATED, { x }, activation, { inF64: byDefinition(x.shape[1]! / 2, activation) });
    check(`gated by ${activation}`, floats([5, 2 * 3], 4));
    check(`gated by ${activation} far from 0`, { shape: [2, 2], data: Float32Array.of(-30, 2, 30, 3) });
  }
});

onGpu(() => {
  for (const activation of ALL_ACTIVATIONS) {
    for (const [N, F] of [
      [1, 3],
      [3, 65],
      [65, 4],
      [127, 7],
      [3000, 3],
    ] as const) {
      checkOp(`[${N}, 2 x ${F}] gated by ${activation}`, GATED, { x: floats([N, 2 * F], 20) }, activation);
    }
  }
});
