/**
 * The classifier and its loss in one: mean negative log-likelihood of the targets, in nats per token.
 *
 *   loss = mean over counted n of logsumexp(z[n]) - z[n, targets[n]]      z = hidden classifier^T
 *
 * hidden [N, C]   classifier [V, C]   targets [N] int32; a negative target is not counted   loss scalar
 * Logits [rows, V] are made a block of rows at a time, so that they never exceed `LOGIT_BYTES`; backward makes them again.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Ways } from './op';

export const softmaxCrossEntropy = (hidden: Tensor2D, classifier: Tensor2D, targets: Tensor1D): Scalar =>
  run(SOFTMAX_CROSS_ENTROPY, { hidden, classifier, targets }, undefined) as Scalar;

/** Half of the 128 MiB that every WebGPU device can bind. */
export const LOGIT_BYTES = 64 * 2 ** 20;

type X = { hidden: Tensor2D; classifier: Tensor2D; targets: Tensor1D };

export const SOFTMAX_CROSS_ENTROPY: Ways<Differentiable<X, undefined>> = {
  reference: {
    forward({ hidden, classifier, targets }) {
      const sums = blocks(hidden, classifier, targets).map((block) =>
        tf.tidy(() => {
          const { logits, counted, which } = block();
          const highest = tf.max(logits, 1, true);
          const shifted = tf.sub(logits, highest);
          const logSum = tf.log(tf.sum(tf.exp(shifted), 1));
          const chosen = tf.sum(tf.mul(shifted, which), 1);
          return tf.sum(tf.mul(tf.sub(logSum, chosen), counted));
        }),
      );
      const total = sums.reduce((a, b) => tf.add(a, b));
      return { y: tf.div(total, count(targets)), saved: { hidden, classifier, targets } };
    },
    /** dz = (softmax(z) - onehot(target)) dloss / count. */
    backward(dy, { hidden, classifier, targets }: X) {
      const scale = tf.div(dy, count(targets));
      const parts = blocks(hidden, classifier, targets).map((block) =>
        tf.tidy(() => {
          const { rows, logits, counted, which } = block();
          const dz = tf.mul(tf.mul(tf.sub(tf.softmax(logits), which), tf.expandDims(counted, 1)), scale) as Tensor2D;
          return [tf.matMul(dz, classifier), tf.matMul(dz, rows, true)] as const;
        }),
      );
      return {
        hidden: tf.concat(parts.map(([dHidden]) => dHidden)),
        classifier: parts.map(([, dClassifier]) => dClassifier).reduce((a, b) => tf.add(a, b)),
      };
    },
  },
};

interface Block {
  rows: Tensor2D;
  logits: Tensor2D;
  /** 1 where the target counts, else 0; [rows]. */
  counted: Tensor;
  /** One-hot targets [rows, V]; a row of 0 where the target does not count. */
  which: Tensor;
}
function blocks(hidden: Tensor2D, classifier: Tensor2D, targets: Tensor1D): (() => Block)[] {
  const [N, C] = hidden.shape;
  const V = classifier.shape[0];
  const rowsAtOnce = Math.max(1, Math.min(N, Math.floor(LOGIT_BYTES / (4 * V))));
  return Array.from({ length: Math.ceil(N / rowsAtOnce) }, (_, i) => () => {
    const start = i * rowsAtOnce;
    const length = Math.min(rowsAtOnce, N - start);
    const rows = tf.slice(hidden, [start, 0], [length, C]);
    const labels = tf.slice(targets, [start], [length]);
    return {
      rows,
      logits: tf.matMul(rows, classifier, false, true),
      counted: counts(labels),
      which: tf.oneHot(labels, V, 1, 0, 'float32'),
    };
  });
}
const counts = (targets: Tensor1D): Tensor => tf.cast(tf.greaterEqual(targets, 0), 'float32');
/** At least 1, so that a batch without counted targets has loss 0. */
const count = (targets: Tensor1D): Tensor => tf.maximum(tf.sum(counts(targets)), 1);
