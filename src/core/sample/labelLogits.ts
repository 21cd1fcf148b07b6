import * as tf from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import { labelScores } from './labelScores';
import { padded } from './logits';
import { poolOf } from './textRows';

/** Scores of a classifier's labels, [labels], for the first `length` ids as a whole text. */
export async function labelLogits(network: Network, ids: readonly number[], length: number): Promise<Float32Array> {
  const { context, classes } = network.choice.config;
  const scored = tf.tidy(() => {
    const row = padded(ids.slice(0, length), context);
    const counts = poolOf(length, classes!.pooling);
    const [, width] = row.ids.shape;
    const pool = tf.tensor2d(
      Array.from({ length: width }, (_, place) => counts(place)),
      [1, width],
    );
    return labelScores(network, { ids: row.ids, lengths: row.lengths, pool });
  });
  const values = await scored.data<'float32'>();
  scored.dispose();
  return values;
}
