/** Token embeddings: nearest tokens, and a map of the vocabulary. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { highestOf } from './highestOf';
import { principalComponents } from './principalComponents';

export interface Neighbor {
  id: number;
  /** Cosine of the angle between the embeddings, -1 to 1; 0 if one is zero. */
  similarity: number;
}
export interface EmbeddingMap {
  /** [vocabulary, 2]: coordinates along the first two principal components, from the mean embedding. */
  points: Float32Array;
  /** Share of the variance along each component, 0 to 1. */
  shares: readonly number[];
}

/** Input embedding of every token, [vocabulary, width]. */
function embeddingTable({ choice: { id, config, vocabulary }, params }: Network): Tensor2D {
  const table = modelSpec(id).params(config, vocabulary);
  const name = Object.keys(table).find((each) => table[each]!.group === 'Token embedding')!;
  return params[name] as unknown as Tensor2D;
}

/**
 * Tokens whose embeddings have the most similar direction, best first, without the token itself.
 * @param count number of neighbors of each token
 */
export async function nearestTokens(
  network: Network,
  ids: readonly number[],
  count: number,
  pause: Pause = yieldToEventLoop,
): Promise<readonly (readonly Neighbor[])[]> {
  const { vocabulary } = network.choice;
  const found: Neighbor[][] = [];
  const part = Math.max(1, Math.floor(MAX_SIMILARITIES / vocabulary));
  for (let first = 0; first < ids.length; first += part) {
    const some = ids.slice(first, first + part);
    const result = tf.tidy(() => {
      const table = embeddingTable(network);
      const norms = tf.sqrt(tf.sum(tf.square(table), 1, true));
      const unit = tf.divNoNan<Tensor2D>(table, norms);
      return tf.matMul(tf.gather(unit, tf.tensor1d([...some], 'int32')), unit, false, true);
    });
    const similarities = await result.data<'float32'>();
    result.dispose();
    for (const [i, own] of some.entries()) {
      const row = similarities.subarray(i * vocabulary, (i + 1) * vocabulary);
      const others = highestOf(row, count + 1).filter((id) => id !== own);
      found.push(others.slice(0, count).map((id) => ({ id, similarity: row[id]! })));
    }
    await pause();
  }
  return found;
}
/** Similarities in memory at once: 64 MB of float32. */
const MAX_SIMILARITIES = 2 ** 24;

/** Projects the embeddings on their first two principal components (Pearson 1901). */
export async function embeddingMap(network: Network): Promise<EmbeddingMap> {
  const { width } = network.choice.config;
  const [centered, covariance] = tf.tidy((): [Tensor2D, Tensor2D] => {
    const table = embeddingTable(network);
    const differences = tf.sub<Tensor2D>(table, tf.mean(table, 0, true));
    return [differences, tf.div(tf.matMul(differences, differences, true), table.shape[0])];
  });
  try {
    const { directions, shares } = principalComponents(await covariance.data<'float32'>(), width, 2);
    const axes = Float32Array.from(directions.flatMap((each) => [...each]));
    const points = tf.tidy(() => tf.matMul(centered, tf.tensor2d(axes, [2, width]), false, true));
    const values = (await points.data<'float32'>()).slice();
    points.dispose();
    return { points: values, shares };
  } finally {
    tf.dispose([centered, covariance]);
  }
}
