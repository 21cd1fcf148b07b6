/** Incremental decoding: caches what the model has read, so that each step processes one token. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { disposingOnFailure } from '../base/disposing';
import { compile } from '../gpu/program';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Cache } from '../nn/cache';
import { classify } from '../ops/classify';
import { allocate } from '../ops/variables';
import { padded } from './logits';
import { contextWindow } from './contextWindow';
import { memory } from './memory';

interface Decoder {
  /**
   * Scores of the next token after `ids`, [vocabulary]. Reads only the last id if `ids` extend those of the last call
   * by one, else all of them. The weights must not change in between.
   */
  next(ids: readonly number[]): Promise<Float32Array>;
  dispose(): void;
}

/** @param source ids of an encoder-decoder's input, encoded once */
export function decoder(network: Network, source?: readonly number[]): Decoder {
  const { id, config } = network.choice;
  const { layers, context } = config;
  const shape = [context, modelSpec(id).cacheColumns(config)];
  const zeros = { shape, data: new Float32Array(tf.util.sizeFromShape(shape)) };
  const kept = allocate(Array.from({ length: layers }, () => zeros));
  const read = disposingOnFailure([kept], () => (source ? memory(network, source) : undefined));
  const one = { shape: [1], dtype: 'int32' } as const;
  const program = disposingOnFailure(read ? [kept, read] : [kept], () =>
    compile({ ids: { shape: [1, 1], dtype: 'int32' }, position: one, length: one }, ({ ids, position, length }) => {
      const cache: Cache = { position: position as Tensor1D, length: length as Tensor1D, layers: kept.variables };
      return { scores: classify(network.forward(ids as Tensor2D, { dropout: 0, cache }, read)) };
    }),
  );
  let known: readonly number[] = [];

  /** Reads all ids, op by op, because this is rare and each time has another shape. */
  async function begin(ids: readonly number[]): Promise<Float32Array> {
    const result = tf.tidy(() => {
      const { ids: whole, lengths } = padded(ids, context);
      const cache: Cache = { position: tf.tensor1d([0], 'int32'), length: lengths, layers: kept.variables };
      const output = network.forward(whole, { dropout: 0, lengths, cache }, read);
      return classify({ ...output, hidden: tf.slice(output.hidden, [ids.length - 1, 0], [1, -1]) });
    });
    const values = await result.data<'float32'>();
    result.dispose();
    return values;
  }
  return {
    async next(all) {
      const ids = contextWindow(all, context);
      const goesOn = ids.length === known.length + 1 && known.every((token, i) => token === ids[i]);
      known = ids;
      if (!goesOn) return begin(ids);
      const [position, length] = [Int32Array.of(ids.length - 1), Int32Array.of(ids.length)];
      const result = await program.run({ ids: Int32Array.of(ids.at(-1)!), position, length });
      return result.scores;
    },
    dispose() {
      program.dispose();
      read?.dispose();
      kept.dispose();
    },
  };
}
