/**
 * Outputs of a classifier for texts, for ours.ts.
 *
 *     "classify": [text, ...]                  -> the label scores of each
 *     the same with "labels": [[place, ...], ...] of each, and "gradients": file -> the loss of those texts in one batch
 */
import * as tf from '@tensorflow/tfjs';
import { modelSpec } from '../src/core/models';
import type { Network } from '../src/core/models/network';
import { labelLoss } from '../src/core/objectives/labelLoss';
import { classifier } from '../src/core/sample/classify';
import { labelScores } from '../src/core/sample/labelScores';
import { rowArrays } from '../src/core/sample/textRows';
import { aroundText } from '../src/core/tokenizer/prompt';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';

export interface Classifying {
  classify: readonly string[];
  /** Places of the labels of each. */
  labels?: readonly (readonly number[])[];
  gradients?: string;
}

export async function scoresOf(net: Network, tokenizer: Tokenizer, { classify }: Classifying): Promise<number[][]> {
  const own = classifier(net, tokenizer);
  try {
    return (await own.classify(classify)).map(({ scores }) => [...scores]);
  } finally {
    own.dispose();
  }
}

/** The loss of all of them at once, as objectives/labels.ts has it. */
export function lossOf(net: Network, tokenizer: Tokenizer, { classify, labels = [] }: Classifying): tf.Scalar {
  const { id, config } = net.choice;
  const { pooling, several, labels: names } = config.classes!;
  const [before, after] = aroundText(tokenizer, modelSpec(id).kind === 'encoder');
  const room = config.context - before.length - after.length;
  const rows = classify.map((text) => [...before, ...tokenizer.encode(text).subarray(0, room), ...after]);
  const width = Math.max(...rows.map(({ length }) => length));
  const { ids, lengths, pool } = rowArrays(rows, width, pooling, tokenizer.endOfText);
  const wanted = labels.map((own) => names.map((_, place) => (own.includes(place) ? 1 : 0)));
  const scores = labelScores(net, {
    ids: tf.tensor2d(ids, [rows.length, width], 'int32'),
    lengths: tf.tensor1d(lengths, 'int32'),
    pool: tf.tensor2d(pool, [rows.length, width]),
  });
  return labelLoss(scores, tf.tensor2d(wanted), tf.tensor1d([rows.length], 'int32'), several === true);
}
