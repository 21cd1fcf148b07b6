/** The model's own forward pass over a passage, and its activations. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import type { ForwardContext, Hook, HookName, Output } from '../models/spec';
import { poolOf } from '../sample/textRows';

/**
 * Runs a passage, or rows of the same length, without padding. Call inside a tidy.
 * @param source what the encoder of an encoder-decoder reads, for every row
 */
export function forwardOf(
  network: Network,
  { ids, source, rows = 1 }: { ids: readonly number[]; source?: readonly number[] | undefined; rows?: number },
  context: Omit<ForwardContext, 'dropout'> = {},
): Output {
  const { classes } = network.choice.config;
  const T = ids.length / rows;
  const weight = classes && poolOf(T, classes.pooling);
  const pool = weight && {
    pool: rowsOf(
      [...ids.keys()].map((i) => weight(i % T)),
      rows,
      'float32',
    ),
  };
  const repeated = source && Array<readonly number[]>(rows).fill(source).flat();
  return network.forward(
    rowsOf(ids, rows, 'int32'),
    { dropout: 0, ...pool, ...context },
    repeated && { ids: rowsOf(repeated, rows, 'int32') },
  );
}

const rowsOf = (values: readonly number[], rows: number, dtype: 'int32' | 'float32'): Tensor2D =>
  tf.tensor2d([...values], [rows, values.length / rows], dtype);

/** Activations by name, which the caller disposes. `seen` returns undefined for those to leave out. Call inside a tidy. */
export function kept(seen: (name: HookName, x: Tensor2D) => Tensor2D | undefined): { all: Tensor2D[]; hook: Hook } {
  const all: Tensor2D[] = [];
  const hook: Hook = (name, x) => {
    const part = seen(name, x);
    if (part) all.push(tf.keep(part === x ? tf.clone(x) : part));
    return x;
  };
  return { all, hook };
}

/** The network with a hook in each of its passes. @param hook made for each pass */
export const withHook = (network: Network, hook: () => Hook): Network => ({
  ...network,
  forward: (ids, context, source) => network.forward(ids, { dropout: 0, ...context, hook: hook() }, source),
});
