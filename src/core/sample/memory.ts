/** What an encoder has made of a text, kept while a decoder answers it. */
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
 * @param source ids, one at least
 * @throws HomegrownError `bad-settings` where the text is longer than what the model reads
 */
export function memory(network: Network, source: readonly number[]): KeptMemory {
  const { context } = network.choice.config;
  checkFits('input', source.length, context);
  return kept(network, () => padded(source, context));
}

/** Of several texts at once; each fits. */
export function kept(network: Network, texts: () => SourceText): KeptMemory {
  const memory = tf.tidy(() => {
    const { hidden, classifier, lengths, keys } = network.encode(texts());
    const each = keys?.map((one) => tf.keep(one));
    return {
      ...{ hidden: tf.keep(hidden), classifier: tf.keep(classifier), lengths: tf.keep(lengths!) },
      ...(each && { keys: each }),
    };
  });
  return { memory, dispose: () => tf.dispose({ ...memory }) };
}

/** The same for several answers at once: below itself for each. Inside of a tidy. */
export const forEachOf = ({ hidden, classifier, lengths, keys }: Memory, answers: number): Memory => ({
  hidden: tf.tile(hidden, [answers, 1]),
  classifier,
  ...(lengths && { lengths: tf.tile(lengths, [answers]) }),
  ...(keys && { keys: keys.map((one) => tf.tile(one, [answers, 1])) }),
});
