import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { labelsAsOne } from '../base/labels';
import type { LabeledPairs } from '../metrics/labels/counts';
import type { Classes } from '../models/spec';
import { labelsOf, probabilitiesOf } from '../sample/labelsOf';

/**
 * Cross-entropy of the label of each row, where wanted [rows, labels] has what that counts; where a text has several labels, that
 * of whether it has each, their mean. As CrossEntropyLoss and BCEWithLogitsLoss of PyTorch, but that the divisor is the rows and not
 * the sum of what they count, which is as much on average.
 */
export function labelLoss(scores: Tensor2D, wanted: Tensor2D, weight: Tensor, several: boolean): Scalar {
  const divisor = tf.cast(weight, 'float32');
  if (!several) return tf.reshape(tf.div(tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(scores)))), divisor), []);
  const each = tf.sub(tf.softplus(scores), tf.mul(wanted, scores));
  return tf.reshape(tf.div(tf.sum(each), tf.mul(divisor, tf.scalar(scores.shape[1]))), []);
}

/** [rows] 1 where the likeliest label is the wanted one; of several, where all that are likelier than not are, and no others. */
export function labelsFound(scores: Tensor2D, wanted: Tensor2D, several: boolean): Tensor {
  if (!several) return tf.cast(tf.equal(tf.argMax(scores, 1), tf.argMax(wanted, 1)), 'float32');
  const zero = tf.scalar(0);
  return tf.cast(tf.all(tf.equal(tf.greater(scores, zero), tf.greater(wanted, zero)), 1), 'float32');
}

/** Texts with the labels that they get by their scores, and those that they have; both [texts, labels], 0 for a label that a text hasn't. */
export function labeledBy(classes: Classes, scores: ArrayLike<number>, wanted: ArrayLike<number>): LabeledPairs {
  const { labels, several = false } = classes;
  const count = labels.length;
  const pairs = Array.from({ length: scores.length / count }, (_, text) => {
    const own = Array.from(labels, (_, place) => scores[text * count + place]!);
    return {
      output: labelsAsOne(labelsOf(classes, probabilitiesOf(own, several))),
      wanted: labelsAsOne(labels.filter((_, place) => wanted[text * count + place]! > 0)),
    };
  });
  return { labels, several, pairs };
}
