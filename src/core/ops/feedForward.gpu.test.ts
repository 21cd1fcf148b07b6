import { ALL_ACTIVATIONS } from '../testing/activations';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import type { Activation } from './activation';
import { FEED_FORWARD } from './feedForward';

function check(activation: Activation, [N, C, H, O]: readonly [number, number, number, number]): void {
  const matrices = { x: floats([N, C]), inWeight: floats([C, H], 0.4, 1), outWeight: floats([H, O], 0.4, 3) };
  const biases = { inBias: floats([H], 0.5, 2), outBias: floats([O], 0.5, 4) };
  const all = { ...matrices, ...biases, residual: floats([N, O], 1, 5) };
  const name = `feedForward of [${N}, ${C}] by ${H} to ${O}, ${activation}`;
  checkOnGpu(name, FEED_FORWARD, all, activation);
  checkOnGpu(`${name}, without biases`, FEED_FORWARD, matrices, activation);
}
for (const shape of [
  [1, 3, 5, 7],
  [3, 5, 127, 5],
  [65, 12, 48, 12],
  [127, 16, 65, 33],
  [70_000, 3, 5, 3],
] as const) {
  check('gelu-tanh', shape);
}
for (const activation of ALL_ACTIVATIONS.filter((each) => each !== 'gelu-tanh')) {
  check(activation, [3, 5, 127, 5]);
  check(activation, [65, 12, 48, 12]);
}
