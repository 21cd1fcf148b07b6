import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';

/** Scores of every token as the next one after each of `ids`, at most `context` of them; [T, vocabulary]. */
export async function logits(network: Network, ids: readonly number[]): Promise<Float32Array> {
  const { context } = network.choice.config;
  if (ids.length > context) throw new RangeError(`${ids.length} tokens do not fit into a context of ${context}.`);
  const result = tf.tidy(() => {
    const hidden = network.hidden(padded(ids, context));
    return scores(network, tf.slice(hidden, [0, 0], [ids.length, -1]));
  });
  const values = await result.data<'float32'>();
  result.dispose();
  return values;
}

/** Hidden states [T, C] -> [T, vocabulary]. */
export const scores = (network: Network, hidden: Tensor2D): Tensor2D =>
  tf.matMul(hidden, network.classifier, false, true);

/** ids [1, T]: lengths are rounded up, so that a device sees few shapes; causality hides what is added. */
export function padded(ids: readonly number[], context: number): Tensor2D {
  const length = Math.min(context, Math.ceil(ids.length / LENGTHS) * LENGTHS);
  const all = new Int32Array(length);
  all.set(ids);
  return tf.tensor2d(all, [1, length], 'int32');
}
const LENGTHS = 16;
