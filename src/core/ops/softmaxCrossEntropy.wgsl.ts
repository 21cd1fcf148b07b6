/**
 * A block of rows at a time: logits, then loss and gradient of the logits in their place (never the probabilities), then
 * what the block adds to both gradients (as Hsu et al. 2024, "Liger Kernel", arXiv:2410.10989). Where a gradient is wanted,
 * forward computes it at once, since the loss is a number: backward only scales it.
 */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch, kernels, row, type Slice } from '../gpu/dispatch';
import { emptyTensor, gradientWanted, hostValues } from '../gpu/tfjs';
import { product } from './matmul.wgsl';
import type { Differentiable } from './op';
import { maxOverWorkgroup, sumOverWorkgroup } from './reduce.wgsl';
import type { Settings, X } from './softmaxCrossEntropy';

/** Gradients for a dloss of 1. */
type Saved = { dHidden: Tensor; dClassifier: Tensor } | Record<string, never>;

export const softmaxCrossEntropyOnGpu: Differentiable<X, Settings, Saved> = {
  forward({ hidden, classifier, targets }, { logitBytes }) {
    const [N, C] = hidden.shape;
    const V = classifier.shape[0];
    const wanted = gradientWanted();
    const inverse = emptyTensor([1], 'float32');
    const losses = emptyTensor([N], 'float32');
    const y = emptyTensor([], 'float32') as Scalar;
    const saved = wanted
      ? { dHidden: emptyTensor([N, C], 'float32'), dClassifier: emptyTensor([V, C], 'float32') }
      : {};
    dispatch(inverseCount(N), { targets, inverse });
    for (const { start, length } of cut(N, V, logitBytes)) {
      const rows = (tensor: Tensor, width = 1): Slice => ({ tensor, from: start * width, length: length * width });
      const z = emptyTensor([length, V], 'float32') as Tensor2D;
      const a = rows(hidden, C);
      dispatch(product({ M: length, N: V, K: C, transposeB: true }), { a, b: classifier, c: z });
      dispatch(lossOfRows(length, V, wanted), { z, targets: rows(targets), inverse, losses: rows(losses) });
      if ('dHidden' in saved) {
        dispatch(product({ M: length, N: C, K: V }), { a: z, b: classifier, c: rows(saved.dHidden, C) });
        const p = { M: V, N: C, K: length, transposeA: true, accumulate: start > 0 };
        dispatch(product(p), { a: z, b: a, c: saved.dClassifier });
      }
      z.dispose();
    }
    dispatch(mean(N), { losses, inverse, y });
    tf.dispose([inverse, losses]);
    return { y, saved };
  },
  backward(dy, { dHidden, dClassifier }) {
    return { hidden: times(dHidden, dy), classifier: times(dClassifier, dy) };
  },
};

/** Rows of a block: a multiple of 64, so that each starts where a binding may. */
function cut(N: number, V: number, logitBytes: number): { start: number; length: number }[] {
  const fitting = Math.floor(logitBytes / (4 * V));
  const most = fitting >= N ? N : Math.max(64, Math.floor(fitting / 64) * 64);
  return Array.from({ length: Math.ceil(N / most) }, (_, i) => ({
    start: i * most,
    length: Math.min(most, N - i * most),
  }));
}

/** 1 / how many targets count, at least one. */
const inverseCount = kernels((N: number) => ({
  name: 'softmaxCrossEntropy, count',
  bindings: { targets: ['read', 'i32'], inverse: ['write', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: [1, 1, 1] as const,
  globals: sumOverWorkgroup(256),
  body: `
  var count = 0.0;
  for (var n = lane; n < ${N}u; n += 256u) { if (targets[n] >= 0) { count += 1.0; } }
  let all = reduce_sum(count, lane);
  if (lane == 0u) { inverse[0] = 1.0 / max(all, 1.0); }`,
}));

/** z becomes (softmax(z) - onehot(target)) inverse; a row without a target becomes 0. */
const lossOfRows = kernels((N: number, V: number, gradient: boolean) => {
  const threads = V <= 512 ? 64 : 256;
  return {
    name: 'softmaxCrossEntropy',
    bindings: {
      z: [gradient ? 'update' : 'read', 'f32'],
      targets: ['read', 'i32'],
      ...(gradient && { inverse: ['read', 'f32'] as const }),
      losses: ['write', 'f32'],
    } as const,
    workgroup: [threads, 1, 1] as const,
    grid: row(N),
    globals: maxOverWorkgroup(threads) + sumOverWorkgroup(threads),
    body: `
  if (index >= ${N}u) { return; }
  let first = index * ${V}u;
  let label = targets[index];
  var highest = -3.4e38;
  var sum = 0.0;
  for (var v = lane; v < ${V}u; v += ${threads}u) {
    let next = max(highest, z[first + v]);
    sum = sum * exp(highest - next) + exp(z[first + v] - next);
    highest = next;
  }
  let all = reduce_max(highest, lane);
  let total = reduce_sum(sum * exp(highest - all), lane);
  if (lane == 0u) {
    losses[index] = select(0.0, all + log(total) - z[first + u32(max(label, 0))], label >= 0);
  }
  ${
    gradient
      ? `workgroupBarrier();
  let scale = select(0.0, inverse[0], label >= 0);
  for (var v = lane; v < ${V}u; v += ${threads}u) {
    let p = exp(z[first + v] - all) / total;
    z[first + v] = (p - select(0.0, 1.0, i32(v) == label)) * scale;
  }`
      : ''
  }`,
  };
});

const mean = kernels((N: number) => ({
  name: 'softmaxCrossEntropy, mean',
  bindings: { losses: ['read', 'f32'], inverse: ['read', 'f32'], y: ['write', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: [1, 1, 1] as const,
  globals: sumOverWorkgroup(256),
  body: `
  var sum = 0.0;
  for (var n = lane; n < ${N}u; n += 256u) { sum += losses[n]; }
  let all = reduce_sum(sum, lane);
  if (lane == 0u) { y[0] = all * inverse[0]; }`,
}));

/** x dy for a scalar dy. The tape starts from a 1 that is still on the host: then there is nothing to do. */
function times(x: Tensor, dy: Tensor): Tensor {
  if (hostValues(dy)?.[0] === 1) return tf.clone(x);
  const y = emptyTensor(x.shape, 'float32');
  dispatch(scaled(x.size), { x, dy, y });
  return y;
}
const scaled = kernels((n: number) => ({
  name: 'scale',
  bindings: { x: ['read', 'f32'], dy: ['read', 'f32'], y: ['write', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: row(Math.ceil(n / 256)),
  body: `let i = index * 256u + lane; if (i < ${n}u) { y[i] = x[i] * dy[0]; }`,
}));
