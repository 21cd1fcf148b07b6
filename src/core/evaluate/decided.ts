/** Which words of a text spoke for a label, and which against it. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type Pause, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { wordsOf } from '../objectives/masks';
import { textOf } from '../objectives/pairRows';
import { labelScores } from '../sample/labelScores';
import { rowArrays, widthOf, windowsOf } from '../sample/textRows';
import { aroundText } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface Word {
  text: string;
  /** Above 0 it spoke for the label, below 0 against it. */
  score: number;
}

export interface Decided {
  /** End to end they are what was read of the text. */
  words: readonly Word[];
  /** Tokens of the text, and how many of them were read. */
  tokens: number;
  read: number;
}

/**
 * Gradient times input, added up over the tokens of a word: what each token's embedding is beside the text's mean, times the
 * slope of how far the label's score is ahead of the others', averaged on the way from a text in which every token is that mean.
 * All scores add up to how much further ahead the label is than there. It tells what the model went by, and not why.
 * By the slope at the text alone, times the whole embedding, a token would bring next to nothing wherever a norm comes first:
 * that takes out how long an embedding is.
 * @param label its place
 * Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks", arXiv:1703.01365 (integrated gradients)
 */
export async function decided(
  network: Network,
  tokenizer: Tokenizer,
  text: string,
  label: number,
  pause: Pause = yieldToEventLoop,
): Promise<Decided> {
  const { id, config } = network.choice;
  const { pooling, several = false, inWindows = false } = config.classes!;
  const [before, after] = aroundText(tokenizer, modelSpec(id).kind === 'encoder');
  const ids = tokenizer.encode(text);
  if (ids.length === 0) return { words: [], tokens: 0, read: 0 };
  const windows = windowsOf(ids.length, config.context - before.length - after.length, inWindows);
  const scores = new Float64Array(ids.length);
  for (const [from, to] of windows) {
    const row = [...before, ...ids.subarray(from, to), ...after];
    const width = widthOf(row.length, config.context);
    const arrays = rowArrays([row], width, pooling, tokenizer.endOfText);
    const products = tf.tidy(() => {
      const inputs = {
        ids: tf.tensor2d(arrays.ids, [1, width], 'int32'),
        lengths: tf.tensor1d(arrays.lengths, 'int32'),
        pool: tf.tensor2d(arrays.pool, [1, width]),
      };
      const read = tf.tensor2d(
        Array.from({ length: width }, (_, at) => [at >= before.length && at < before.length + to - from ? 1 : 0]),
      );
      return ofTokens(network, inputs, { label, several, read: read });
    });
    const values = await products.data<'float32'>();
    products.dispose();
    for (let at = from; at < to; at++) scores[at] = values[before.length + at - from]! / windows.length;
    await pause();
  }
  const read = windows.at(-1)![1];
  const sum = (from: number, to: number): number => scores.subarray(from, to).reduce((a, b) => a + b, 0);
  const words = whole(wordsOf(Uint32Array.from(ids.subarray(0, read)), tokenizer), read);
  return {
    words: words.map(({ from, to }) => ({ text: textOf(tokenizer, ids.subarray(from, to)), score: sum(from, to) })),
    tokens: ids.length,
    read,
  };
}

/** @param asked `read` [T, 1]: 1 where a token is of the text, and no padding or what stands around it. @returns [T] of each token */
function ofTokens(
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  { label, several, read }: { label: number; several: boolean; read: Tensor2D },
): Tensor {
  let embedded: Tensor2D | undefined;
  const ahead = (instead?: (x: Tensor2D) => Tensor2D): Tensor => {
    const scores = labelScores(network, inputs, {
      dropout: 0,
      hook(name, x) {
        if (name !== 'embedding') return x;
        embedded ??= x;
        return instead ? instead(x) : x;
      },
    });
    const own = tf.slice(scores, [0, label], [1, 1]);
    const count = scores.shape[1];
    if (several || count === 1) return tf.sum(own);
    const others = [tf.slice(scores, [0, 0], [1, label]), tf.slice(scores, [0, label + 1], [1, count - label - 1])];
    return tf.sum(tf.sub(own, tf.logSumExp(tf.concat(others, 1))));
  };
  ahead();
  const mean = tf.div(tf.sum(tf.mul(embedded!, read), 0, true), tf.maximum(tf.sum(read), 1));
  const beside = tf.mul(tf.sub(embedded!, mean), read); // [T, C]
  // Two at a time: a GPU has room for few buffers in one kernel.
  const slopes = Array.from({ length: POINTS }, (_, point): Tensor => {
    const left = tf.mul(beside, (point + 0.5) / POINTS - 1);
    return tf.grad((moved) => ahead((x) => tf.add(tf.add(x, left), moved)))(tf.zerosLike(beside));
  });
  return tf.sum(
    tf.mul(
      beside,
      tf.div(
        slopes.reduce((a, b) => tf.add(a, b)),
        POINTS,
      ),
    ),
    1,
  );
}
/** At which the slope is taken. */
const POINTS = 16;

interface Span {
  from: number;
  to: number;
}
/** With what stands between words, which is no part of one. */
function whole(words: readonly Span[], end: number): readonly Span[] {
  const all: Span[] = [];
  let at = 0;
  for (const { from, to } of words) {
    if (from > at) all.push({ from: at, to: from });
    all.push({ from, to });
    at = to;
  }
  if (at < end) all.push({ from: at, to: end });
  return all;
}
