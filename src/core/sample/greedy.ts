/** Greedy decoding of several texts at once, each up to its end token. */
import * as tf from '@tensorflow/tfjs';
import { type Pause, yieldToEventLoop } from '../base/job';
import type { Network } from '../models/network';
import { classify } from '../ops/classify';
import { paddedLength } from './logits';
import { kept } from './memory';

/**
 * Generates up to `max` tokens per text, as far as the context allows. Results exclude the end token.
 * @param beginnings at least one id each; a beginning that fills the context gets an empty result
 * @param sources ids of an encoder-decoder's inputs, one for each beginning
 * @returns the generated ids of each
 */
export async function greedy(
  network: Network,
  beginnings: readonly (readonly number[])[],
  { end, max }: { end: number; max: number },
  sources?: readonly (readonly number[])[],
  pause: Pause = yieldToEventLoop,
): Promise<readonly (readonly number[])[]> {
  const { context } = network.choice.config;
  // A text longer than the context would overwrite the next row.
  const texts = beginnings.map((ids) => ids.slice(0, context));
  const going = new Set([...texts.keys()].filter((row) => texts[row]!.length < context));
  const read = sources && kept(network, () => rowsOf(sources, context));
  try {
    for (let step = 0; step < max && going.size > 0; step++) {
      const next = tf.tidy(() => {
        const { ids, lengths, width } = rowsOf(texts, context);
        const output = network.forward(ids, { dropout: 0, lengths }, read);
        const last = Int32Array.from(texts, ({ length }, row) => row * width + length - 1);
        return tf.argMax(classify({ ...output, hidden: tf.gather(output.hidden, tf.tensor1d(last, 'int32')) }), 1);
      });
      const ids = await next.data();
      next.dispose();
      for (const row of [...going]) {
        const text = texts[row]!;
        if (ids[row] === end) going.delete(row);
        else if (text.push(ids[row]!) === context) going.delete(row);
      }
      await pause();
    }
  } finally {
    read?.dispose();
  }
  return texts.map((text, row) => text.slice(beginnings[row]!.length));
}

/** ids [rows, T], padded to the longest length rounded up; lengths [rows], which mask the padding. */
function rowsOf(texts: readonly (readonly number[])[], context: number) {
  const width = paddedLength(Math.max(...texts.map(({ length }) => length)), context);
  const ids = new Int32Array(texts.length * width);
  for (const [row, text] of texts.entries()) ids.set(text, row * width);
  return {
    width,
    ids: tf.tensor2d(ids, [texts.length, width], 'int32'),
    lengths: tf.tensor1d(
      texts.map(({ length }) => length),
      'int32',
    ),
  };
}
