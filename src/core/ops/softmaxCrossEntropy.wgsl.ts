/**
 * Processes a block of rows at a time, with the classifier in as many parts as bindings need. Computes logits, then the
 * loss and the gradient of the logits in place (never the probabilities), then adds to both gradients (as Hsu et al.
 * 2024, "Liger Kernel", arXiv:2410.10989). Forward computes the gradient at once if it is needed: the loss is a scalar,
 * so backward only scales it.
 */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { bindingElements, pieces } from '../gpu/arena';
import { dispatch, kernels, overElements, row, type Slice } from '../gpu/dispatch';
import { emptyTensor, gradientWanted, hostValues } from '../gpu/tfjs';
import { isConstant } from './constant';
import { product } from './matmul.wgsl';
import type { Differentiable } from './op';
import { maxOverWorkgroup, sumOverWorkgroup } from './reduce.wgsl';
import type { Settings, X } from './softmaxCrossEntropy';

/** A part of a tensor that fits a binding. */
type Piece = ReturnType<typeof pieces>[number];
/** Needed gradients for a dloss of 1. */
type Saved = { dHidden?: Tensor | undefined; dClassifier?: Tensor | undefined; dBias?: Tensor | undefined };

export const softmaxCrossEntropyOnGpu: Differentiable<X, Settings, Saved> = {
  forward({ hidden, classifier, bias, targets, weight }, { logitBytes }) {
    const [N, C] = hidden.shape;
    const V = classifier.shape[0];
    const losses = emptyTensor([N], 'float32');
    const y = emptyTensor([], 'float32') as Scalar;
    const emptyGradient = (tensor: Tensor | undefined): Tensor | undefined =>
      tensor && gradientWanted() && !isConstant(tensor) ? emptyTensor(tensor.shape, 'float32') : undefined;
    const [dHidden, dClassifier, dBias] = [emptyGradient(hidden), emptyGradient(classifier), emptyGradient(bias)];
    const needsGradient = [dHidden, dClassifier, dBias].some((each) => each !== undefined);
    const parts = pieces(V * C, bindingElements(), C);
    const sizes = parts.map(({ elements }) => elements / C);
    for (const { start, length } of rowChunks(N, V, Math.min(logitBytes, 4 * bindingElements()))) {
      const rows = (tensor: Tensor, width = 1): Slice => ({ tensor, from: start * width, length: length * width });
      const z = emptyTensor([length, V], 'float32') as Tensor2D;
      const a = rows(hidden, C);
      /** Contiguous logits of these rows for a part of the classifier. */
      const logits = ({ from, elements }: Piece): Slice => ({
        tensor: z,
        from: (from / C) * length,
        length: (elements / C) * length,
      });
      const part = (tensor: Tensor, { from, elements }: Piece): Slice => ({ tensor, from, length: elements });
      const ofBias = (tensor: Tensor, { from, elements }: Piece): Slice => ({
        tensor,
        from: from / C,
        length: elements / C,
      });
      parts.forEach((p, i) => {
        const logitProduct = { M: length, N: sizes[i]!, K: C, transposeB: true, bias: bias !== undefined };
        dispatch(product(logitProduct), { a, b: part(classifier, p), bias: bias && ofBias(bias, p), c: logits(p) });
      });
      dispatch(lossOfRows(length, sizes, needsGradient), { z, targets: rows(targets), weight, losses: rows(losses) });
      parts.forEach((p, i) => {
        const [dz, b] = [logits(p), part(classifier, p)];
        const toHidden = { M: length, N: C, K: sizes[i]!, accumulate: i > 0 };
        if (dHidden) dispatch(product(toHidden), { a: dz, b, c: rows(dHidden, C) });
        const toClassifier = { M: sizes[i]!, N: C, K: length, transposeA: true, accumulate: start > 0 };
        if (dClassifier) dispatch(product(toClassifier), { a: dz, b: a, c: part(dClassifier, p) });
        const toBias = { M: 1, N: sizes[i]!, K: length, accumulate: start > 0 };
        if (dBias) dispatch(product(toBias), { a: tf.ones([1, length]), b: dz, c: ofBias(dBias, p) });
      });
      z.dispose();
    }
    dispatch(mean(N), { losses, weight, y });
    losses.dispose();
    return { y, saved: { dHidden, dClassifier, dBias } };
  },
  backward: (dy, { dHidden, dClassifier, dBias }) => ({
    hidden: dHidden && times(dHidden, dy),
    classifier: dClassifier && times(dClassifier, dy),
    bias: dBias && times(dBias, dy),
  }),
};

/** Splits rows into blocks: multiples of 64, so that each starts at a valid binding offset. */
export function rowChunks(N: number, V: number, logitBytes: number): { start: number; length: number }[] {
  const fitting = Math.floor(logitBytes / (4 * V));
  const max = fitting >= N ? N : Math.max(64, Math.floor(fitting / 64) * 64);
  return Array.from({ length: Math.ceil(N / max) }, (_, i) => ({
    start: i * max,
    length: Math.min(max, N - i * max),
  }));
}

/** z <- (softmax(z) - onehot(target)) / weight; 0 in a row without a target. `sizes`: tokens of each part of z. */
const lossOfRows = kernels((N: number, sizes: readonly number[], needsGradient: boolean) => {
  const V = sizes.reduce((sum, size) => sum + size, 0);
  const threads = V <= 512 ? 64 : 256;
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  /** Runs `act` on every token v of the row; its logit is z[first + v]. */
  const overRow = (act: string) =>
    sizes
      .map(
        (size, i) => `{
    let first = ${N * starts[i]!}u + index * ${size}u${starts[i]! > 0 ? ` - ${starts[i]!}u` : ''};
    for (var v = ${starts[i]!}u + lane; v < ${starts[i]! + size}u; v += ${threads}u) {
      ${act}
    }
  }`,
      )
      .join('\n  ');
  return {
    name: 'softmaxCrossEntropy',
    bindings: {
      z: [needsGradient ? 'update' : 'read', 'f32'],
      targets: ['read', 'i32'],
      ...(needsGradient && { weight: ['read', 'i32'] as const }),
      losses: ['write', 'f32'],
    } as const,
    workgroup: [threads, 1, 1] as const,
    grid: row(N),
    globals: `${maxOverWorkgroup(threads)}${sumOverWorkgroup(threads)}
fn logit(row: u32, v: u32) -> f32 {
  ${sizes.map((size, i) => `if (v < ${starts[i]! + size}u) { return z[${N * starts[i]!}u + row * ${size}u + v - ${starts[i]!}u]; }`).join('\n  ')}
  return 0.0;
}`,
    body: `
  if (index >= ${N}u) { return; }
  let label = targets[index];
  var highest = -3.4e38;
  var sum = 0.0;
  ${overRow(`let next = max(highest, z[first + v]);
      sum = sum * exp(highest - next) + exp(z[first + v] - next);
      highest = next;`)}
  let all = reduce_max(highest, lane, zero);
  let total = reduce_sum(sum * exp(highest - all), lane, zero);
  if (lane == 0u) {
    losses[index] = select(0.0, all + log(total) - logit(index, u32(max(label, 0))), label >= 0);
  }
  ${
    needsGradient
      ? `storageBarrier(); // lane 0 has read the label's logit
  let scale = select(0.0, 1.0 / f32(weight[0]), label >= 0);
  ${overRow(`let p = exp(z[first + v] - all) / total;
      z[first + v] = (p - select(0.0, 1.0, i32(v) == label)) * scale;`)}`
      : ''
  }`,
  };
});

const mean = kernels((N: number) => ({
  name: 'softmaxCrossEntropy, mean',
  bindings: { losses: ['read', 'f32'], weight: ['read', 'i32'], y: ['write', 'f32'] } as const,
  workgroup: [256, 1, 1] as const,
  grid: [1, 1, 1] as const,
  globals: sumOverWorkgroup(256),
  body: `
  var sum = 0.0;
  for (var n = lane; n < ${N}u; n += 256u) { sum += losses[n]; }
  let all = reduce_sum(sum, lane, zero);
  if (lane == 0u) { y[0] = all * (1.0 / f32(weight[0])); }`,
}));

/** x dy for a scalar dy. The tape starts from a 1 that is still on the host: then nothing needs computing. */
function times(x: Tensor, dy: Tensor): Tensor {
  if (hostValues(dy)?.[0] === 1) return tf.clone(x);
  const y = emptyTensor(x.shape, 'float32');
  for (const { from, elements: length } of pieces(x.size)) {
    dispatch(scaled(length), { x: { tensor: x, from, length }, dy, y: { tensor: y, from, length } });
  }
  return y;
}
const scaled = kernels((n: number) => ({
  name: 'scale',
  bindings: { x: ['read', 'f32'], dy: ['read', 'f32'], y: ['write', 'f32'] } as const,
  ...overElements(n, 'y[i] = x[i] * dy[0];'),
}));
