/** Selects the hidden states of predicted positions. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { embedding } from '../ops/embedding';

/** hidden [B T, width], places [M] int32: rows of it -> [M, width] */
export const atPlaces = (hidden: Tensor2D, places: Tensor): Tensor2D =>
  embedding(tf.reshape<tf.Rank.R2>(places, [1, places.size]), hidden);
