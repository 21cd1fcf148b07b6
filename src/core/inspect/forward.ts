/** The model's own forward pass over a passage. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import type { ForwardContext, Output } from '../models/spec';
import { poolOf } from '../sample/textRows';
import type { Passage } from './passage';

/** Runs a passage as one row without padding. Call inside a tidy. */
export function forwardOf(
  network: Network,
  { ids, source }: Pick<Passage, 'ids' | 'source'>,
  context: Omit<ForwardContext, 'dropout'> = {},
): Output {
  const { classes } = network.choice.config;
  const pool = classes && { pool: rowOf([...ids.keys()].map(poolOf(ids.length, classes.pooling)), 'float32') };
  return network.forward(
    rowOf(ids, 'int32'),
    { dropout: 0, ...pool, ...context },
    source && { ids: rowOf(source, 'int32') },
  );
}

const rowOf = (values: readonly number[], dtype: 'int32' | 'float32'): Tensor2D =>
  tf.tensor2d([...values], [1, values.length], dtype);
