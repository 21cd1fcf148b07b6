/**
 * Output layer and cross-entropy loss: the targets' negative log-likelihood in nats, summed and divided by a weight.
 *
 *   loss = sum over n of (logsumexp(z[n]) - z[n, targets[n]]) / weight      z = hidden classifier^T + bias
 *
 * hidden [N, C]   classifier [V, C]   bias [V], 0 if absent   targets [N] int32; a negative target is ignored
 * weight [1] int32, positive   loss scalar
 * If weight is the number of targets in all micro-batches of an update, losses and gradients add up to its mean.
 * Computes logits [rows, V] for a block of rows at a time, within LOGIT_BYTES (logitBytes.ts), or on a GPU 64 rows if
 * that is more. With one block, the reference keeps its probabilities for backward; otherwise it recomputes them.
 * Source: Bridle 1990 (softmax with its likelihood); in blocks: Hsu et al. 2024, "Liger Kernel", arXiv:2410.10989.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { OnHeap } from '../gpu/wasmTensors';
import type { Scored } from './classify';
import { isConstant } from './constant';
import { withBias } from './linear';
import { FROZEN_LOGIT_BYTES, LOGIT_BYTES } from './logitBytes';
import { matMul } from './matMul';
import { type Differentiable, run, type Implementations } from './op';
import { byPasses, runPass } from './pass';
import { softmaxCrossEntropyOnGpu } from './softmaxCrossEntropy.wgsl';

export const softmaxCrossEntropy = (
  { hidden, classifier, bias }: Scored,
  targets: Tensor1D,
  weight: Tensor1D,
  logitBytes = isConstant(classifier) ? FROZEN_LOGIT_BYTES : LOGIT_BYTES,
): Scalar => run(SOFTMAX_CROSS_ENTROPY, { hidden, classifier, bias, targets, weight }, { logitBytes }) as Scalar;

/** TensorFlow.js's softmax on WebGPU corrupts the last element beyond this many rows. */
const MAX_ROWS = 65_535;

export type X = {
  hidden: Tensor2D;
  classifier: Tensor2D;
  bias?: Tensor1D | undefined;
  targets: Tensor1D;
  weight: Tensor1D;
};
type Saved = X & { probabilities?: Tensor2D };
export interface Settings {
  logitBytes: number;
}

/** Two steps over the rows of a block that TensorFlow.js and passes compute with the same bits. */
interface RowSteps {
  /** [rows, V] -> [rows] or [rows, 1] */
  maxOfRows(x: Tensor2D): Tensor;
  /** (p - onehot(labels)) scales; p [rows, V], labels [rows], scales [rows, 1], 0 where a label is ignored. */
  slopes(p: Tensor2D, labels: Tensor1D, scales: Tensor2D): Tensor2D;
}

const inTensorFlow: RowSteps = {
  maxOfRows: (x) => tf.max(x, 1),
  slopes(p, labels, scales) {
    const oneHot = tf.cast(tf.oneHot(labels, p.shape[1]), 'float32'); // wasm's own float32 one-hot writes int bits
    return tf.mul<Tensor2D>(tf.sub(p, oneHot), scales);
  },
};

const inPasses = (heap: OnHeap): RowSteps => ({
  maxOfRows: (x) => tf.reshape(runPass(heap, 'maxOfRow', { x }, x.shape), [x.shape[0]]),
  slopes(p, labels, scales) {
    const V = p.shape[1];
    const dz = runPass(heap, 'scaleRows', { x: p, scale: scales }, p.shape) as Tensor2D;
    const ids = labels.dataSync<'int32'>();
    const [slopes, probabilities, scale] = [heap.valuesOf(dz), heap.valuesOf(p), heap.valuesOf(scales)];
    ids.forEach((id, row) => {
      if (id >= 0) slopes[row * V + id] = Math.fround(probabilities[row * V + id]! - 1) * scale[row]!;
    });
    return dz;
  },
});

const inBlocksOfRows = ({ maxOfRows, slopes }: RowSteps): Differentiable<X, Settings, Saved> => ({
  forward({ hidden, classifier, bias, targets, weight }, { logitBytes }) {
    const blocks = rowChunks(hidden, classifier, logitBytes);
    const saved: Saved = { hidden, classifier, bias, targets, weight };
    const sums = blocks.map(({ start, length }) => {
      const block = tf.tidy(() => {
        const rows = tf.slice(hidden, [start, 0], [length, -1]);
        const z = scores(rows, classifier, bias);
        const p = tf.softmax(z);
        // The likeliest token has a probability of at least 1 / V, so its logarithm is accurate.
        const logSum = tf.sub(maxOfRows(z), tf.log(maxOfRows(p)));
        const labels = tf.slice(targets, start, length);
        const loss = tf.sum(tf.mul(tf.sub(logSum, targetLogits(z, labels)), targetMask(labels)));
        return blocks.length === 1 ? ([loss, p] as const) : ([loss] as const);
      });
      if (block[1]) saved.probabilities = block[1];
      return block[0];
    });
    return { y: tf.reshape(tf.div(sum(sums), weight), []), saved };
  },
  /** dz = (softmax(z) - onehot(target)) dloss / weight. */
  backward(dy, { hidden, classifier, bias, targets, weight, probabilities }, { logitBytes }, needsGradient) {
    const scale = tf.div(dy, weight);
    const parts = rowChunks(hidden, classifier, logitBytes).map(({ start, length }) =>
      tf.tidy(() => {
        const rows = tf.slice(hidden, [start, 0], [length, -1]);
        const labels = tf.slice(targets, start, length);
        const p = probabilities ?? tf.softmax(scores(rows, classifier, bias));
        const scales = tf.expandDims<Tensor2D>(tf.mul(targetMask(labels), scale), 1);
        const dz = slopes(p, labels, scales);
        return {
          hidden: needsGradient.hidden ? [matMul(dz, classifier)] : [],
          classifier: needsGradient.classifier ? [matMul(dz, rows, { a: true })] : [],
          bias: needsGradient.bias ? [tf.sum(dz, 0)] : [],
        };
      }),
    );
    return {
      hidden: needsGradient.hidden && tf.concat(parts.flatMap((part) => part.hidden)),
      classifier: needsGradient.classifier && sum(parts.flatMap((part) => part.classifier)),
      bias: needsGradient.bias && sum(parts.flatMap((part) => part.bias)),
    };
  },
});

const reference = inBlocksOfRows(inTensorFlow);
export const SOFTMAX_CROSS_ENTROPY: Implementations<Differentiable<X, Settings>> = {
  webgpu: softmaxCrossEntropyOnGpu,
  host: byPasses(reference, (heap) => inBlocksOfRows(inPasses(heap))),
  reference,
};

const scores = (rows: Tensor2D, classifier: Tensor2D, bias?: Tensor1D): Tensor2D =>
  withBias(matMul(rows, classifier, { b: true }), bias);

/** Blocks of rows whose logits stay within the bound. */
export function rowChunks(
  hidden: Tensor2D,
  classifier: Tensor2D,
  logitBytes: number,
): { start: number; length: number }[] {
  const N = hidden.shape[0];
  const max = Math.max(1, Math.min(MAX_ROWS, Math.floor(logitBytes / (4 * classifier.shape[0]))));
  return Array.from({ length: Math.ceil(N / max) }, (_, i) => ({
    start: i * max,
    length: Math.min(max, N - i * max),
  }));
}

/** z[n, labels[n]]; [rows]. */
function targetLogits(z: Tensor2D, labels: Tensor1D): Tensor {
  const [rows, V] = z.shape;
  const indices = tf.add(tf.range(0, rows * V, V, 'int32'), tf.maximum(labels, tf.scalar(0, 'int32')));
  return tf.gather(tf.reshape(z, [rows * V]), indices);
}
/** 1 if the target counts, else 0; [rows]. */
const targetMask = (labels: Tensor1D): Tensor => tf.cast(tf.greaterEqual(labels, tf.scalar(0, 'int32')), 'float32');
const sum = <T extends Tensor>(tensors: readonly T[]): T => tensors.reduce((a, b) => tf.add<T>(a, b));
