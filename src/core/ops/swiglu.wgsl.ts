import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
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

/** Lines that see element `i` of y, where its gate and up are in x, `at` and `beside`, what they are, and s = sigmoid(gate). */
function over(N: number, F: number, lines: string) {
  const { type, count } = inFours(F);
  return overElements(
    N * count,
    `let at = i / ${count}u * ${2 * count}u + i % ${count}u;
  let beside = at + ${count}u;
  let gate = x[at];
  let up = x[beside];
  let s = 1.0 / (1.0 + exp(-max(gate, ${type}(-80.0))));
  ${lines}`,
  );
}

const forward = kernels((N: number, F: number) => ({
  name: 'swiglu',
  bindings: { x: ['read', inFours(F).type], y: ['write', inFours(F).type] } as const,
  ...over(N, F, 'y[i] = gate * s * up;'),
}));

const backward = kernels((N: number, F: number) => ({
  name: 'swiglu backward',
  bindings: { dy: ['read', inFours(F).type], x: ['read', inFours(F).type], dx: ['write', inFours(F).type] } as const,
  ...over(
    N,
    F,
    `dx[at] = dy[i] * up * s * (1.0 + gate * (1.0 - s));
  dx[beside] = dy[i] * gate * s;`,
  ),
}));
