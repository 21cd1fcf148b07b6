/** Output of an encoder for a text, kept on the device while a decoder answers it. */
import * as tf from '@tensorflow/tfjs';
import type { Network, SourceText } from '../models/network';
import type { Memory } from '../models/spec';
import { checkFits } from './fits';
import { padded } from './logits';

interface KeptMemory {
  memory: Memory;
  dispose(): void;
}

/**
 * @param source at least one id
 * @throws HomegrownError `bad-settings` if the text is empty or longer than the context
 */
export function memory(network: Network, source: readonly number[]): KeptMemory {
  const { context } = network.choice.config;
  checkFits('input', source.length, context);
  return kept(network, () => padded(source, context));
}

/** Encodes several texts at once; each must fit the context. */
export function kept(network: Network, texts: () => SourceText): KeptMemory {
  const memory = tf.tidy(() => {
    const { hidden, classifier, lengths, keys } = network.encode(texts());
    const each = keys?.map((one) => tf.keep(one));
    return {
      // A frozen embedding table is its own classifier: disposing a clone doesn't free the weight.
      ...{ hidden: tf.keep(hidden), classifier: tf.keep(tf.clone(classifier)), lengths: tf.keep(lengths!) },
      ...(each && { keys: each }),
    };
  });
  return { memory, dispose: () => tf.dispose({ ...memory }) };
}

/** Repeats the memory for several answers, along the rows. Call inside a tidy. */
export const forEachOf = ({ hidden, classifier, lengths, keys }: Memory, answers: number): Memory => ({
  hidden: tf.tile(hidden, [answers, 1]),
  classifier,
  ...(lengths && { lengths: tf.tile(lengths, [answers]) }),
  ...(keys && { keys: keys.map((one) => tf.tile(one, [answers, 1])) }),
});
