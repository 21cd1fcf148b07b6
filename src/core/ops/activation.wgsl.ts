import { dispatch, inFours, kernels, overElements } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Activation, X } from './activation';
import type { Differentiable } from './op';

/** f32 or vec4f. */
type Type = ReturnType<typeof inFours>['type'];

/** Statements that return f(x) and f'(x), and functions that both call. */
interface Functions {
  shared?: string;
  value: string;
  slope: string;
}
const FUNCTIONS: Readonly<Record<Activation, (type: Type) => Functions>> = {
  'gelu-tanh': (type) => ({
    shared: `fn sigmoid_of_2u(x: ${type}) -> ${type} {
  return 1.0 / (1.0 + exp(clamp(-x * (1.5957691216057308 + 0.07135481282553573 * x * x), ${type}(-80.0), ${type}(80.0))));
}`,
    value: 'return x * sigmoid_of_2u(x);',
    slope: `let s = sigmoid_of_2u(x);
  return s * (1.0 + x * (1.0 - s) * (1.5957691216057308 + 0.21406443847660718 * x * x));`,
  }),
  /**
   * P(-|x|) = Z(x) (b1 t + b2 t^2 + ... + b5 t^5), t = 1 / (1 + p |x|), Z the normal density: Abramowitz & Stegun 1964,
   * 26.2.17 (as erf: 7.1.26). The error is at most 7.5e-8, about the rounding error near 1. The tail of negative x
   * isn't a difference of larger numbers.
   */
  'gelu-erf': (type) => ({
    shared: `fn normal_density(x: ${type}) -> ${type} { return 0.3989422804014327 * exp(-0.5 * min(x * x, ${type}(160.0))); }
fn normal_distribution(x: ${type}, density: ${type}) -> ${type} {
  let t = 1.0 / (1.0 + 0.2316419 * abs(x));
  let series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  let tail = series * density;
  return select(tail, 1.0 - tail, x > ${type}());
}`,
    value: 'return x * normal_distribution(x, normal_density(x));',
    slope: `let density = normal_density(x);
  return normal_distribution(x, density) + x * density;`,
  }),
  relu: (type) => ({
    value: `return max(x, ${type}());`,
    slope: `return select(${type}(), ${type}(1.0), x > ${type}());`,
  }),
  silu: (type) => ({
    shared: `fn sigmoid(x: ${type}) -> ${type} { return 1.0 / (1.0 + exp(-max(x, ${type}(-80.0)))); }`,
    value: 'return x * sigmoid(x);',
    slope: `let s = sigmoid(x);
  return s * (1.0 + x * (1.0 - s));`,
  }),
};

/** Declares `activation(x)` and `activation_slope(x)`, its derivative. */
export function activationFunctions(kind: Activation, type: Type = 'f32'): string {
  const { shared = '', value, slope } = FUNCTIONS[kind](type);
  return /* wgsl */ `${shared}
fn activation(x: ${type}) -> ${type} {
  ${value}
}
fn activation_slope(x: ${type}) -> ${type} {
  ${slope}
}
`;
}

export const activationOnGpu: Differentiable<X, Activation, X> = {
  forward({ x }, kind) {
    const y = emptyTensor(x.shape, 'float32');
    dispatch(forward(x.size, kind), { x, y });
    return { y, saved: { x } };
  },
  backward(dy, { x }, kind) {
    const dx = emptyTensor(x.shape, 'float32');
    dispatch(backward(x.size, kind), { dy, x, dx });
    return { x: dx };
  },
};

const forward = kernels((n: number, kind: Activation) => {
  const { type, count } = inFours(n);
  return {
    name: 'activation',
    bindings: { x: ['read', type], y: ['write', type] } as const,
    globals: activationFunctions(kind, type),
    ...overElements(count, 'y[i] = activation(x[i]);'),
  };
});
const backward = kernels((n: number, kind: Activation) => {
  const { type, count } = inFours(n);
  return {
    name: 'activation backward',
    bindings: { dy: ['read', type], x: ['read', type], dx: ['write', type] } as const,
    globals: activationFunctions(kind, type),
    ...overElements(count, 'dx[i] = dy[i] * activation_slope(x[i]);'),
  };
});
