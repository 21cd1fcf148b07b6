import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels, overElements } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';

/** gelu(x) = x s, s = sigmoid(x (a + b x^2)); gelu_slope is its derivative. */
export const GELU_WGSL = /* wgsl */ `
fn gelu_gate(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(clamp(-x * (1.5957691216057308 + 0.07135481282553573 * x * x), -80.0, 80.0)));
}
fn gelu(x: f32) -> f32 { return x * gelu_gate(x); }
fn gelu_slope(x: f32) -> f32 {
  let s = gelu_gate(x);
  return s * (1.0 + x * (1.0 - s) * (1.5957691216057308 + 0.21406443847660718 * x * x));
}
`;

const forward = kernels((n: number) => ({
  name: 'gelu',
  bindings: { x: ['read', 'f32'], y: ['write', 'f32'] } as const,
  globals: GELU_WGSL,
  ...overElements(n, 'y[i] = gelu(x[i]);'),
}));
const backward = kernels((n: number) => ({
  name: 'gelu backward',
  bindings: { dy: ['read', 'f32'], x: ['read', 'f32'], dx: ['write', 'f32'] } as const,
  globals: GELU_WGSL,
  ...overElements(n, 'dx[i] = dy[i] * gelu_slope(x[i]);'),
}));

export function geluOnGpu(x: Tensor): Tensor {
  const y = emptyTensor(x.shape, 'float32');
  dispatch(forward(x.size), { x, y });
  return y;
}
/** dy gelu'(x) */
export function geluBackwardOnGpu(dy: Tensor, x: Tensor): Tensor {
  const dx = emptyTensor(x.shape, 'float32');
  dispatch(backward(x.size), { dy, x, dx });
  return dx;
}
