import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS } from '../testing/activations';
import { checkOp, floats } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import type { Activation } from './activation';
import { GATED } from './gated';

const byDefinition =
  (F: number, activation: Activation): InF64 =>
  ({ x }) =>
    [...x!].flatMap((gate, i) => (i % (2 * F) < F ? [ACTIVATIONS_IN_F64[activation](gate) * x![i + F]!] : []));
for (const activation of ALL_ACTIVATIONS) {
  const check = (name: string, x: ReturnType<typeof floats>) =>
    checkOp(name, GATED, { x }, activation, byDefinition(x.shape[1]! / 2, activation));
  check(`gated by ${activation}`, floats([5, 2 * 3], 4));
  check(`gated by ${activation} far from 0`, { shape: [2, 2], data: Float32Array.of(-30, 2, 30, 3) });
}
