import { ALL_ACTIVATIONS } from '../testing/activations';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { FEED_FORWARD, type FeedForwardKind } from './feedForward';

function check(kind: FeedForwardKind, [N, C, H, O]: readonly [number, number, number, number]): void {
  const columns = kind.gated ? 2 * H : H;
  const matrices = { x: floats([N, C]), inWeight: floats([C, columns], 0.4, 1), outWeight: floats([H, O], 0.4, 3) };
  const biases = { inBias: floats([columns], 0.5, 2), outBias: floats([O], 0.5, 4) };
  const all = { ...matrices, ...biases, residual: floats([N, O], 1, 5) };
  const name = `feedForward of [${N}, ${C}] by ${H} to ${O}, ${kind.gated ? 'gated by ' : ''}${kind.activation}`;
  checkOnGpu(name, FEED_FORWARD, all, kind);
  checkOnGpu(`${name}, without biases`, FEED_FORWARD, matrices, kind);
}
for (const kind of [{ activation: 'gelu-tanh' }, { activation: 'silu', gated: true }] as const) {
  for (const shape of [
    [1, 3, 5, 7],
    [3, 5, 127, 5],
    [65, 12, 48, 12],
    [127, 16, 65, 33],
    [70_000, 3, 5, 3],
  ] as const) {
    check(kind, shape);
  }
}
for (const activation of ALL_ACTIVATIONS) {
  for (const gated of [false, true]) {
    check({ activation, gated }, [3, 5, 126, 5]);
    check({ activation, gated }, [33, 12, 48, 12]);
  }
}
