import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { labelsAsOne } from '../base/labels';
import type { LabeledPairs } from '../metrics/labels/counts';
import type { Classes } from '../models/spec';
import { labelsOf, probabilitiesOf } from '../sample/labelsOf';

/**
 * Cross-entropy of each row's label, weighted by wanted [rows, labels]; with several labels, mean binary cross-entropy
 * over labels. Like PyTorch's CrossEntropyLoss and BCEWithLogitsLoss, but divides by the number of rows instead of the
 * sum of weights, which is equal on average.
 */
export function labelLoss(scores: Tensor2D, wanted: Tensor2D, weight: Tensor, several: boolean): Scalar {
  const divisor = tf.cast(weight, 'float32');
  if (!several) return tf.reshape(tf.div(tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(scores)))), divisor), []);
  const each = tf.sub(tf.softplus(scores), tf.mul(wanted, scores));
  return tf.reshape(tf.div(tf.sum(each), tf.mul(divisor, tf.scalar(scores.shape[1]))), []);
}

/** [rows] 1 if the most probable label is the target; with several labels, if those above 0.5 are the targets. */
export function labelsFound(scores: Tensor2D, wanted: Tensor2D, several: boolean): Tensor {
  if (!several) return tf.cast(tf.equal(tf.argMax(scores, 1), tf.argMax(wanted, 1)), 'float32');
  const zero = tf.scalar(0);
  return tf.cast(tf.all(tf.equal(tf.greater(scores, zero), tf.greater(wanted, zero)), 1), 'float32');
}

/** Predicted and actual labels. Both inputs are [texts, labels]; `wanted` is 0 for labels that a text lacks. */
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
