import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import { classify } from '../ops/classify';

/**
 * Scores of every token as the next one, unnormalised; [lengths, vocabulary].
 * ids: at most `context`. lengths: of each distribution, how many of them have been read; by default all, from 1 on.
 */
export async function logits(
  network: Network,
  ids: readonly number[],
  lengths: readonly number[] = ids.map((_, i) => i + 1),
): Promise<Float32Array> {
  const { context } = network.choice.config;
  if (ids.length > context) throw new RangeError(`${ids.length} tokens do not fit into a context of ${context}.`);
  const result = tf.tidy(() => {
    const last = lengths.map((length) => length - 1);
    const { hidden, classifier } = network.forward(padded(ids, context));
    return classify(tf.gather(hidden, tf.tensor1d(last, 'int32')), classifier);
  });
  const values = await result.data<'float32'>();
  result.dispose();
  return values;
}

/** ids [1, T]: lengths are rounded up, so that a device sees few shapes; causality hides what is added. */
export function padded(ids: readonly number[], context: number): Tensor2D {
  const length = Math.min(context, Math.ceil(ids.length / LENGTHS) * LENGTHS);
  const all = new Int32Array(length);
  all.set(ids);
  return tf.tensor2d(all, [1, length], 'int32');
}
const LENGTHS = 16;
