import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS } from '../../testing/activations';
import { checkOp, floats } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { FEED_FORWARD, type FeedForwardKind } from './feedForward';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const [N, C, H, O] = [5, 3, 7, 4];
  const matrices = { x: floats([N, C]), outWeight: floats([H, O], 0.8, 3) };
  const outBias = floats([O], 0.5, 4);
  const residual = floats([N, O], 1, 5);

  /** a [rows, K] b [K, columns] + bias */
  function product(a: Float64Array, b: Float64Array, columns: number, bias?: Float64Array): Float64Array {
    const K = b.length / columns;
    return Float64Array.from({ length: (a.length / K) * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      let sum = bias?.[column] ?? 0;
      for (let k = 0; k < K; k++) sum += a[row * K + k]! * b[k * columns + column]!;
      return sum;
    });
  }
  const byDefinition =
    ({ activation, gated = false }: FeedForwardKind): InF64 =>
    ({ x, inWeight, inBias, outWeight, outBias, residual }) => {
      const f = ACTIVATIONS_IN_F64[activation];
      const pre = product(x!, inWeight!, gated ? 2 * H : H, inBias);
      const inner = Float64Array.from({ length: N * H }, (_, i) => {
        const gate = Math.floor(i / H) * 2 * H + (i % H);
        return gated ? f(pre[gate]!) * pre[gate + H]! : f(pre[i]!);
      });
      return product(inner, outWeight!, O, outBias).map((y, i) => y + (residual?.[i] ?? 0));
    };

  for (const activation of ALL_ACTIVATIONS) {
    for (const gated of [false, true]) {
      const kind = { activation, gated };
      const columns = gated ? 2 * H : H;
      const inWeight = floats([C, columns], 0.8, 1);
      const check = (what: string, sample: Parameters<typeof checkOp>[2]) => {
        const name = `feedForward ${gated ? 'gated ' : ''}by ${activation}, ${what}`;
        checkOp(name, FEED_FORWARD, { ...sample, inWeight }, kind, { inF64: byDefinition(kind) });
      };
      check('without biases', matrices);
      check('with biases and residual', { ...matrices, inBias: floats([columns], 0.5, 2), outBias, residual });
    }
  }
});

onGpu(() => {
  function check(kind: FeedForwardKind, [N, C, H, O]: readonly [number, number, number, number]): void {
    const columns = kind.gated ? 2 * H : H;
    const matrices = { x: floats([N, C]), inWeight: floats([C, columns], 0.4, 1), outWeight: floats([H, O], 0.4, 3) };
    const biases = { inBias: floats([columns], 0.5, 2), outBias: floats([O], 0.5, 4) };
    const all = { ...matrices, ...biases, residual: floats([N, O], 1, 5) };
    const name = `feedForward of [${N}, ${C}] by ${H} to ${O}, ${kind.gated ? 'gated by ' : ''}${kind.activation}`;
    checkOp(name, FEED_FORWARD, all, kind);
    checkOp(`${name}, without biases`, FEED_FORWARD, matrices, kind);
  }
  for (const kind of [{ activation: 'gelu-tanh' }, { activation: 'silu', gated: true }] as const) {
    for (const shape of [
      [1, 3, 5, 7],
      [3, 5, 127, 5],
      [65, 12, 48, 12],
      [127, 16, 65, 33],
      [5000, 3, 5, 3],
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
});
