import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Settings, X } from './layerNorm';
import type { Differentiable } from './op';
import { sumOverWorkgroup } from './reduce.wgsl';

type Saved = { x: Tensor; gain: Tensor; stats: Tensor };

export const layerNormOnGpu: Differentiable<X, Settings, Saved> = {
  forward({ x, gain, bias }, { epsilon }) {
    const [N, C] = x.shape as [number, number];
    const y = emptyTensor([N, C], 'float32');
    const stats = emptyTensor([N, 2], 'float32');
    dispatch(forward(N, C, epsilon), { x, gain, bias, y, stats });
    return { y, saved: { x, gain, stats } };
  },
  /** dx row by row; what a workgroup's rows add to gain and bias goes to `parts`, which a second kernel sums. */
  backward(dy, { x, gain, stats }) {
    const [N, C] = x.shape as [number, number];
    const groups = Math.min(Math.ceil(N / 8), 64);
    const dx = emptyTensor([N, C], 'float32');
    const parts = emptyTensor([groups, 2, C], 'float32');
    dispatch(backward(N, C, groups), { dy, x, gain, stats, dx, parts });
    const [dGain, dBias] = [emptyTensor([C], 'float32'), emptyTensor([C], 'float32')] as [Tensor, Tensor];
    dispatch(sumParts(groups, C), { parts, gain: dGain, bias: dBias });
    parts.dispose();
    return { x: dx, gain: dGain, bias: dBias };
  },
};

const THREADS = 64;

/** stats [N, 2]: mean and rstd. The variance is taken about the mean, in a second pass over the row. */
const forward = kernels((N: number, C: number, epsilon: number) => ({
  name: 'layerNorm',
  bindings: {
    x: ['read', 'f32'],
    gain: ['read', 'f32'],
    bias: ['read', 'f32'],
    y: ['write', 'f32'],
    stats: ['write', 'vec2f'],
  } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: row(N),
  globals: sumOverWorkgroup(THREADS),
  body: `
  if (index >= ${N}u) { return; }
  let first = index * ${C}u;
  var sum = 0.0;
  for (var c = lane; c < ${C}u; c += ${THREADS}u) { sum += x[first + c]; }
  let mean = reduce_sum(sum, lane) / ${C}.0;
  var square = 0.0;
  for (var c = lane; c < ${C}u; c += ${THREADS}u) { let d = x[first + c] - mean; square += d * d; }
  let rstd = inverseSqrt(reduce_sum(square, lane) / ${C}.0 + ${epsilon});
  if (lane == 0u) { stats[index] = vec2f(mean, rstd); }
  for (var c = lane; c < ${C}u; c += ${THREADS}u) { y[first + c] = (x[first + c] - mean) * rstd * gain[c] + bias[c]; }`,
}));

/** dx = rstd (g - mean(g) - n mean(g n)), g = dy gain, n = (x - mean) rstd. Workgroup w takes rows w, w + groups, ... */
const backward = kernels((N: number, C: number, groups: number) => {
  const share = Math.ceil(C / THREADS); // columns of a thread
  return {
    name: 'layerNorm backward',
    bindings: {
      dy: ['read', 'f32'],
      x: ['read', 'f32'],
      gain: ['read', 'f32'],
      stats: ['read', 'vec2f'],
      dx: ['write', 'f32'],
      parts: ['write', 'f32'],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: [groups, 1, 1] as const,
    globals: sumOverWorkgroup(THREADS, 'vec2f'),
    body: `
  var toGain: array<f32, ${share}>;
  var toBias: array<f32, ${share}>;
  for (var r = group.x; r < ${N}u; r += ${groups}u) {
    let first = r * ${C}u;
    let mean = stats[r].x;
    let rstd = stats[r].y;
    var sums = vec2f();
    for (var s = 0u; s < ${share}u; s++) {
      let c = s * ${THREADS}u + lane;
      if (c < ${C}u) {
        let n = (x[first + c] - mean) * rstd;
        let d = dy[first + c];
        sums += d * gain[c] * vec2f(1.0, n);
        toGain[s] += d * n;
        toBias[s] += d;
      }
    }
    let means = reduce_sum(sums, lane) / ${C}.0;
    for (var c = lane; c < ${C}u; c += ${THREADS}u) {
      let n = (x[first + c] - mean) * rstd;
      dx[first + c] = rstd * (dy[first + c] * gain[c] - means.x - n * means.y);
    }
  }
  for (var s = 0u; s < ${share}u; s++) {
    let c = s * ${THREADS}u + lane;
    if (c < ${C}u) {
      parts[group.x * ${2 * C}u + c] = toGain[s];
      parts[group.x * ${2 * C}u + ${C}u + c] = toBias[s];
    }
  }`,
  };
});

const sumParts = kernels((groups: number, C: number) => ({
  name: 'layerNorm backward, sums',
  bindings: { parts: ['read', 'f32'], gain: ['write', 'f32'], bias: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: row(Math.ceil((2 * C) / THREADS)),
  body: `
  let c = index * ${THREADS}u + lane;
  if (c >= ${2 * C}u) { return; }
  var sum = 0.0;
  for (var g = 0u; g < ${groups}u; g++) { sum += parts[g * ${2 * C}u + c]; }
  if (c < ${C}u) { gain[c] = sum; } else { bias[c - ${C}u] = sum; }`,
}));
