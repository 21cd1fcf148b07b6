import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Network, Source } from '../models/network';
import { checkOverflow } from '../models/overflow';
import { classify } from '../ops/classify';

/**
 * Unnormalized scores of the next token, [lengths, vocabulary].
 * @param ids at most `context`
 * @param lengths number of ids read before each distribution; by default 1 to all
 * @param source input of an encoder-decoder
 * @throws HomegrownError `diverged` if scores overflow
 */
export async function logits(
  network: Network,
  ids: readonly number[],
  lengths: readonly number[] = ids.map((_, i) => i + 1),
  source?: Source,
): Promise<Float32Array> {
  const { context } = network.choice.config;
  if (ids.length > context) throw new RangeError(`${ids.length} tokens do not fit into a context of ${context}.`);
  const result = tf.tidy(() => {
    const last = lengths.map((length) => length - 1);
    const text = padded(ids, context);
    const output = network.forward(text.ids, { dropout: 0, lengths: text.lengths }, source);
    return classify({ ...output, hidden: tf.gather(output.hidden, tf.tensor1d(last, 'int32')) });
  });
  const values = await result.data<'float32'>();
  result.dispose();
  checkOverflow(values.subarray(0, network.choice.vocabulary));
  return values;
}

/** ids [1, T], with T rounded up so that a device sees few shapes; lengths [1], which masks the padding. */
export function padded(ids: readonly number[], context: number): { ids: Tensor2D; lengths: Tensor1D } {
  const length = paddedLength(ids.length, context);
  const all = new Int32Array(length);
  all.set(ids);
  return { ids: tf.tensor2d(all, [1, length], 'int32'), lengths: tf.tensor1d([ids.length], 'int32') };
}
export const paddedLength = (length: number, context: number): number =>
  Math.min(context, Math.ceil(length / MULTIPLE) * MULTIPLE);
const MULTIPLE = 16;
