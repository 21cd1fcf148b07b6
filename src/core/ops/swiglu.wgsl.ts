import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Differentiable } from './op';
import type { X } from './swiglu';

export const swigluOnGpu: Differentiable<X, undefined, X> = {
  forward({ x }) {
    const [N, F] = sizes(x.shape);
    const y = emptyTensor([N, F], 'float32');
    dispatch(forward(N, F), { x, y });
    return { y, saved: { x } };
  },
  backward(dy, { x }) {
    const dx = emptyTensor(x.shape, 'float32');
    dispatch(backward(...sizes(x.shape)), { dy, x, dx });
    return { x: dx };
  },
};
const sizes = (shape: readonly number[]): [N: number, F: number] => [shape[0]!, shape[1]! / 2];

const THREADS = 256;
/** Four columns at a time where the width allows. */
const unit = (F: number) => (F % 4 === 0 ? { type: 'vec4f' as const, D: F / 4 } : { type: 'f32' as const, D: F });

/** Around lines that see element `i` of y, and where its gate is in x, `at`, with gate, up and s = sigmoid(gate). */
function over(N: number, F: number, lines: string) {
  const { type, D } = unit(F);
  return {
    workgroup: [THREADS, 1, 1] as const,
    grid: row(Math.ceil((N * D) / THREADS)),
    body: `
  let i = index * ${THREADS}u + lane;
  if (i >= ${N * D}u) { return; }
  let at = i / ${D}u * ${2 * D}u + i % ${D}u;
  let gate = x[at];
  let up = x[at + ${D}u];
  let s = 1.0 / (1.0 + exp(-max(gate, ${type}(-80.0))));
  ${lines}`,
  };
}

const forward = kernels((N: number, F: number) => ({
  name: 'swiglu',
  bindings: { x: ['read', unit(F).type], y: ['write', unit(F).type] } as const,
  ...over(N, F, 'y[i] = gate * s * up;'),
}));

const backward = kernels((N: number, F: number) => ({
  name: 'swiglu backward',
  bindings: { dy: ['read', unit(F).type], x: ['read', unit(F).type], dx: ['write', unit(F).type] } as const,
  ...over(
    N,
    F,
    `dx[at] = dy[i] * up * s * (1.0 + gate * (1.0 - s));
  dx[at + ${unit(F).D}u] = dy[i] * gate * s;`,
  ),
}));
