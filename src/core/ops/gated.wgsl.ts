import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Activation } from './activation';
import { activationFunctions } from './activation.wgsl';
import type { X } from './gated';
import type { Differentiable } from './op';

export const gatedOnGpu: Differentiable<X, Activation, X> = {
  forward({ x }, activation) {
    const [N, F] = sizes(x.shape);
    const y = emptyTensor([N, F], 'float32');
    dispatch(forward(N, F, activation), { x, y });
    return { y, saved: { x } };
  },
  backward(dy, { x }, activation) {
    const dx = emptyTensor(x.shape, 'float32');
    dispatch(backward(...sizes(x.shape), activation), { dy, x, dx });
    return { x: dx };
  },
};
const sizes = (shape: readonly number[]): [N: number, F: number] => [shape[0]!, shape[1]! / 2];

/** Runs lines for element `i` of y, with indices `at` and `upAt` of its gate and up in x, and their values. */
function over(N: number, F: number, activation: Activation, lines: string) {
  const { type, count } = inFours(F);
  return {
    globals: activationFunctions(activation, type),
    ...overElements(
      N * count,
      `let at = i / ${count}u * ${2 * count}u + i % ${count}u;
  let upAt = at + ${count}u;
  let gate = x[at];
  let up = x[upAt];
  ${lines}`,
    ),
  };
}

const forward = kernels((N: number, F: number, activation: Activation) => ({
  name: 'gated',
  bindings: { x: ['read', inFours(F).type], y: ['write', inFours(F).type] } as const,
  ...over(N, F, activation, 'y[i] = activation(gate) * up;'),
}));

const backward = kernels((N: number, F: number, activation: Activation) => ({
  name: 'gated backward',
  bindings: { dy: ['read', inFours(F).type], x: ['read', inFours(F).type], dx: ['write', inFours(F).type] } as const,
  ...over(
    N,
    F,
    activation,
    `dx[at] = dy[i] * up * activation_slope(gate);
  dx[upAt] = dy[i] * activation(gate);`,
  ),
}));
