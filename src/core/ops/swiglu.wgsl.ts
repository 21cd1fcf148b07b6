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
/** Element i of y, and its gate and up in x. */
const places = (N: number, F: number): string => `
  let i = index * ${THREADS}u + lane;
  if (i >= ${N * F}u) { return; }
  let at = i / ${F}u * ${2 * F}u + i % ${F}u;
  let gate = x[at];
  let up = x[at + ${F}u];
  let s = 1.0 / (1.0 + exp(-max(gate, -80.0)));`;
const shape = (N: number, F: number) => ({
  workgroup: [THREADS, 1, 1] as const,
  grid: row(Math.ceil((N * F) / THREADS)),
});

const forward = kernels((N: number, F: number) => ({
  name: 'swiglu',
  bindings: { x: ['read', 'f32'], y: ['write', 'f32'] } as const,
  ...shape(N, F),
  body: `${places(N, F)}
  y[i] = gate * s * up;`,
}));

const backward = kernels((N: number, F: number) => ({
  name: 'swiglu backward',
  bindings: { dy: ['read', 'f32'], x: ['read', 'f32'], dx: ['write', 'f32'] } as const,
  ...shape(N, F),
  body: `${places(N, F)}
  dx[at] = dy[i] * up * s * (1.0 + gate * (1.0 - s));
  dx[at + ${F}u] = dy[i] * gate * s;`,
}));
