/**
 * Looks up a row for each id, and adds a row for each place when positions are given.
 *
 *   y[b T + t] = tokens[ids[b, t]] + positions[t]
 *
 * ids [B, T] int32, 0 <= id < V   tokens [V, C]   positions [P, C], T <= P   y [B T, C]
 * The gradient sums in the order of rows, without atomics: the same bits every time.
 * Source: Bengio et al. 2003 (JMLR 3), section 2; learned places: Radford et al. 2018 (GPT), section 3.1.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { embeddingOnGpu } from './embedding.wgsl';
import {
  type NeedsGradient,
  type Differentiable,
  type Gradients,
  run,
  runWithResidual,
  type Implementations,
} from './op';

export const embedding = (ids: Tensor2D, tokens: Tensor2D, positions?: Tensor2D): Tensor2D =>
  run(EMBEDDING, { ids, tokens, positions }, sizesOf(tokens, positions)) as Tensor2D;

/**
 * The same where the table is also the classifier: `classifier` [V, C] is `tokens`, for the model's end. Its gradient comes
 * to the embedding's backward, which adds it to its own.
 */
export const embeddingTied = (
  ids: Tensor2D,
  tokens: Tensor2D,
  positions?: Tensor2D,
): [y: Tensor2D, classifier: Tensor2D] =>
  runWithResidual(EMBEDDING, { ids, tokens, positions }, sizesOf(tokens, positions), 'tokens') as [Tensor2D, Tensor2D];

const sizesOf = (tokens: Tensor2D, positions?: Tensor2D): Sizes => ({
  vocabulary: tokens.shape[0],
  places: positions?.shape[0] ?? 0,
});

type X = { ids: Tensor2D; tokens: Tensor2D; positions: Tensor2D | undefined };
interface Sizes {
  vocabulary: number;
  /** Rows of `positions`; 0 without. */
  places: number;
}
export type Embedding = Differentiable<X, Sizes, { ids: Tensor2D }>;

const forward: Embedding['forward'] = ({ ids, tokens, positions }) => {
  const [B, T] = ids.shape;
  const C = tokens.shape[1];
  const rows = tf.gather(tokens, tf.reshape(ids, [B * T]));
  if (!positions) return { y: rows, saved: { ids } };
  const placed = tf.add(tf.reshape(rows, [B, T, C]), tf.slice(positions, [0, 0], [T, C]));
  return { y: tf.reshape(placed, [B * T, C]), saved: { ids } };
};

export const EMBEDDING: Implementations<Embedding> = {
  webgpu: embeddingOnGpu,
  reference: {
    forward,
    backward(dy, { ids }, { vocabulary, places }, needsGradient, residualGradient) {
      const summed = (): Tensor => {
        const which = tf.cast(tf.oneHot(tf.reshape(ids, [ids.size]), vocabulary), 'float32');
        return tf.matMul(tf.transpose(which), dy);
      };
      return gradients(dy, ids, places, needsGradient, summed, residualGradient);
    },
  },
  /** One-hot costs B T V C multiplications; here each row is added once. */
  host: {
    forward,
    backward(dy, { ids }, { vocabulary, places }, needsGradient, residualGradient) {
      const summed = (): Tensor => {
        const C = dy.shape[1]!;
        const from = dy.dataSync<'float32'>();
        const into = new Float32Array(vocabulary * C);
        ids.dataSync<'int32'>().forEach((id, row) => {
          for (let c = 0; c < C; c++) into[id * C + c]! += from[row * C + c]!;
        });
        return tf.tensor2d(into, [vocabulary, C]);
      };
      return gradients(dy, ids, places, needsGradient, summed, residualGradient);
    },
  },
};

/** `summed`: dy by token, [V, C]. */
const gradients = (
  dy: Tensor,
  ids: Tensor2D,
  places: number,
  needsGradient: NeedsGradient<X>,
  summed: () => Tensor,
  residualGradient?: Tensor,
): Gradients<X> => ({
  tokens: needsGradient.tokens && (residualGradient ? tf.add(residualGradient, summed()) : summed()),
  positions: needsGradient.positions && byPlace(dy, ids, places),
});

/** [B T, C] -> [places, C]: summed over the batch, 0 beyond T. */
function byPlace(dy: Tensor, ids: Tensor2D, places: number): Tensor {
  const [B, T] = ids.shape;
  const summed = tf.sum<Tensor2D>(tf.reshape<Rank.R3>(dy, [B, T, dy.shape[1]!]), 0);
  return tf.pad(summed, [
    [0, places - T],
    [0, 0],
  ]);
}
