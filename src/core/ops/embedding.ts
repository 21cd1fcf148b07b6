/**
 * Looks up a row for each id, and adds a position row if positions are given.
 *
 *   y[b T + t] = tokens[ids[b, t]] + positions[places[b, t]]
 *
 * ids [B, T] int32, 0 <= id < V   tokens [V, C]   positions [P, C], T <= P   y [B T, C]
 * places [B T] int32, 0 <= place < P: position of each token in its document; t if absent
 * The gradient sums in row order, without atomics: the same bits every time.
 * Source: Bengio et al. 2003 (JMLR 3), section 2; learned positions: Radford et al. 2018 (GPT), section 3.1.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { embeddingOnGpu } from './embedding.wgsl';
import {
  type NeedsGradient,
  type Differentiable,
  type Gradients,
  run,
  runWithResidual,
  type Implementations,
} from './op';

export const embedding = (ids: Tensor2D, tokens: Tensor2D, positions?: Tensor2D, places?: Tensor1D): Tensor2D =>
  run(EMBEDDING, { ids, tokens, positions, places }, sizesOf(tokens, positions)) as Tensor2D;

/**
 * Embedding tied to the classifier: `classifier` [V, C] is `tokens`, for the model's end. The embedding's backward pass
 * receives the classifier's gradient and adds its own.
 */
export const embeddingTied = (
  ids: Tensor2D,
  tokens: Tensor2D,
  positions?: Tensor2D,
  places?: Tensor1D,
): [y: Tensor2D, classifier: Tensor2D] =>
  runWithResidual(EMBEDDING, { ids, tokens, positions, places }, sizesOf(tokens, positions), 'tokens') as [
    Tensor2D,
    Tensor2D,
  ];

const sizesOf = (tokens: Tensor2D, positions?: Tensor2D): Sizes => ({
  vocabulary: tokens.shape[0],
  places: positions?.shape[0] ?? 0,
});

type X = { ids: Tensor2D; tokens: Tensor2D; positions?: Tensor2D | undefined; places?: Tensor1D | undefined };
type Saved = Pick<X, 'ids' | 'places'>;
interface Sizes {
  vocabulary: number;
  /** Number of rows of `positions`; 0 if absent. */
  places: number;
}
export type Embedding = Differentiable<X, Sizes, Saved>;

const forward: Embedding['forward'] = ({ ids, tokens, positions, places }) => {
  const [B, T] = ids.shape;
  const C = tokens.shape[1];
  const rows = tf.gather(tokens, tf.reshape(ids, [B * T]));
  if (!positions) return { y: rows, saved: { ids } };
  if (places) return { y: tf.add(rows, tf.gather(positions, places)), saved: { ids, places } };
  const withPositions = tf.add(tf.reshape(rows, [B, T, C]), tf.slice(positions, [0, 0], [T, C]));
  return { y: tf.reshape(withPositions, [B * T, C]), saved: { ids } };
};

export const EMBEDDING: Implementations<Embedding> = {
  webgpu: embeddingOnGpu,
  reference: {
    forward,
    backward(dy, saved, sizes, needsGradient, residualGradient) {
      const sumByIndex = (indices: Tensor, rows: number): Tensor => {
        const oneHot = tf.cast(tf.oneHot(tf.reshape(indices, [indices.size]), rows), 'float32');
        return tf.matMul(tf.transpose(oneHot), dy);
      };
      return gradients(dy, saved, sizes, needsGradient, sumByIndex, residualGradient);
    },
  },
  /** One-hot takes B T V C multiplications; this adds each row once. */
  host: {
    forward,
    backward(dy, saved, sizes, needsGradient, residualGradient) {
      const sumByIndex = (indices: Tensor, rows: number): Tensor => {
        const C = dy.shape[1]!;
        const gradient = dy.dataSync<'float32'>();
        const sums = new Float32Array(rows * C);
        indices.dataSync<'int32'>().forEach((id, row) => {
          for (let c = 0; c < C; c++) sums[id * C + c]! += gradient[row * C + c]!;
        });
        return tf.tensor2d(sums, [rows, C]);
      };
      return gradients(dy, saved, sizes, needsGradient, sumByIndex, residualGradient);
    },
  },
};

/** `sumByIndex`: sums rows of dy by their index in a table of this many rows, [rows, C]. */
const gradients = (
  dy: Tensor,
  { ids, places }: Saved,
  sizes: Sizes,
  needsGradient: NeedsGradient<X>,
  sumByIndex: (indices: Tensor, rows: number) => Tensor,
  residualGradient?: Tensor,
): Gradients<X> => {
  const tokens = needsGradient.tokens && sumByIndex(ids, sizes.vocabulary);
  return {
    tokens: tokens && residualGradient ? tf.add(residualGradient, tokens) : tokens,
    positions:
      needsGradient.positions && (places ? sumByIndex(places, sizes.places) : sumOverBatch(dy, ids, sizes.places)),
  };
};

/** [B T, C] -> [places, C]: summed over the batch, 0 beyond T. */
function sumOverBatch(dy: Tensor, ids: Tensor2D, places: number): Tensor {
  const [B, T] = ids.shape;
  const sums = tf.sum<Tensor2D>(tf.reshape<Rank.R3>(dy, [B, T, dy.shape[1]!]), 0);
  return tf.pad(sums, [
    [0, places - T],
    [0, 0],
  ]);
}
