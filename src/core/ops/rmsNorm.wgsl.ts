import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Differentiable } from './op';
import { sumOverWorkgroup } from './reduce.wgsl';
import type { Saved, Settings, X } from './rmsNorm';

export const rmsNormOnGpu: Differentiable<X, Settings, Saved> = {
  forward({ x, gain }, { epsilon }) {
    const [N, C] = x.shape as [number, number];
    const y = emptyTensor([N, C], 'float32');
    const rrms = emptyTensor([N, 1], 'float32');
    dispatch(forward(N, C, epsilon), { x, gain, y, rrms });
    return { y, saved: { x, gain, rrms } };
  },
  /** dx row by row; what a workgroup's rows add to gain goes to `parts`, which a second kernel sums. */
  backward(dy, { x, gain, rrms }) {
    const [N, C] = x.shape as [number, number];
    const groups = Math.min(Math.ceil(N / 8), 64);
    const dx = emptyTensor([N, C], 'float32');
    const parts = emptyTensor([groups, C], 'float32');
    dispatch(backward(N, C, groups), { dy, x, gain, rrms, dx, parts });
    const dGain = emptyTensor([C], 'float32');
    dispatch(sumParts(groups, C), { parts, gain: dGain });
    parts.dispose();
    return { x: dx, gain: dGain };
  },
};

const THREADS = 64;

const forward = kernels((N: number, C: number, epsilon: number) => ({
  name: 'rmsNorm',
  bindings: { x: ['read', 'f32'], gain: ['read', 'f32'], y: ['write', 'f32'], rrms: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: row(N),
  globals: sumOverWorkgroup(THREADS),
  body: `
  if (index >= ${N}u) { return; }
  let first = index * ${C}u;
  var square = 0.0;
  for (var c = lane; c < ${C}u; c += ${THREADS}u) { square += x[first + c] * x[first + c]; }
  let r = inverseSqrt(reduce_sum(square, lane, zero) / ${C}.0 + ${epsilon});
  if (lane == 0u) { rrms[index] = r; }
  for (var c = lane; c < ${C}u; c += ${THREADS}u) { y[first + c] = x[first + c] * r * gain[c]; }`,
}));

/** dx = rrms (g - n mean(g n)), g = dy gain, n = x rrms. Workgroup w takes rows w, w + groups, ... */
const backward = kernels((N: number, C: number, groups: number) => {
  const share = Math.ceil(C / THREADS); // columns of a thread
  return {
    name: 'rmsNorm backward',
    bindings: {
      dy: ['read', 'f32'],
      x: ['read', 'f32'],
      gain: ['read', 'f32'],
      rrms: ['read', 'f32'],
      dx: ['write', 'f32'],
      parts: ['write', 'f32'],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: [groups, 1, 1] as const,
    globals: sumOverWorkgroup(THREADS),
    body: `
  var toGain: array<f32, ${share}>;
  for (var i = group.x; i < ${N}u; i += ${groups}u) {
    let first = i * ${C}u;
    let r = rrms[i];
    var sum = 0.0;
    for (var s = 0u; s < ${share}u; s++) {
      let c = s * ${THREADS}u + lane;
      if (c < ${C}u) {
        let n = x[first + c] * r;
        let d = dy[first + c];
        sum += d * gain[c] * n;
        toGain[s] += d * n;
      }
    }
    let mean = reduce_sum(sum, lane, zero) / ${C}.0;
    for (var c = lane; c < ${C}u; c += ${THREADS}u) {
      dx[first + c] = r * (dy[first + c] * gain[c] - x[first + c] * r * mean);
    }
  }
  for (var s = 0u; s < ${share}u; s++) {
    let c = s * ${THREADS}u + lane;
    if (c < ${C}u) { parts[group.x * ${C}u + c] = toGain[s]; }
  }`,
  };
});

const sumParts = kernels((groups: number, C: number) => ({
  name: 'rmsNorm backward, sums',
  bindings: { parts: ['read', 'f32'], gain: ['write', 'f32'] } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: row(Math.ceil(C / THREADS)),
  body: `
  let c = index * ${THREADS}u + lane;
  if (c >= ${C}u) { return; }
  var sum = 0.0;
  for (var g = 0u; g < ${groups}u; g++) { sum += parts[g * ${C}u + c]; }
  gain[c] = sum;`,
}));
