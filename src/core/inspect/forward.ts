/** The model's own forward pass over a passage, and its activations. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import type { ForwardContext, Hook, HookName, Output } from '../models/spec';
import { poolOf } from '../sample/textRows';
import type { Passage } from './passage';

/** Runs a passage, or rows of the same length, without padding. Call inside a tidy. */
export function forwardOf(
  network: Network,
  { ids, source, rows = 1 }: Pick<Passage, 'ids' | 'source'> & { rows?: number },
  context: Omit<ForwardContext, 'dropout'> = {},
): Output {
  const { classes } = network.choice.config;
  const pool = classes && { pool: rowsOf([...ids.keys()].map(poolOf(ids.length, classes.pooling)), 1, 'float32') };
  return network.forward(
    rowsOf(ids, rows, 'int32'),
    { dropout: 0, ...pool, ...context },
    source && { ids: rowsOf(source, 1, 'int32') },
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
