/** Attention weights of every head over a passage. */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import { forwardOf, kept } from './forward';
import type { Passage } from './passage';

/** Attention of a decoder or an encoder to its own tokens; in an encoder-decoder, also the encoder's, and from the decoder to it. */
export type AttentionSite = 'self' | 'encoder' | 'cross';
/** Weights of the chosen heads in the chosen layers. */
export interface AttentionMaps {
  queries: number;
  keys: number;
  /** [layer] -> [heads, queries, keys]; each row sums to 1, and is 0 where the query can't see the key. */
  layers: readonly Float32Array[];
}
export type AttentionBySite = Partial<Readonly<Record<AttentionSite, AttentionMaps>>>;

/** A layer or head, from 0; absent: all. */
export interface ChosenHeads {
  layer?: number | undefined;
  head?: number | undefined;
}

/** Runs the passage once, op by op, and reads the weights after the softmax. */
export async function attentionWeights(
  network: Network,
  passage: Pick<Passage, 'ids' | 'source'>,
  { layer, head }: ChosenHeads = {},
): Promise<AttentionBySite> {
  const { heads } = network.choice.config;
  const sites: AttentionSite[] = [];
  const { all, hook } = kept((name, x) => {
    const [, side, block, kind] = WEIGHTS.exec(name) ?? [];
    if (block === undefined || (layer !== undefined && Number(block) !== layer)) return undefined;
    sites.push(kind === 'cross' ? 'cross' : side === undefined ? 'self' : 'encoder');
    const queries = x.shape[0] / heads;
    return head === undefined ? x : tf.slice(x, [head * queries, 0], [queries, x.shape[1]]);
  });
  try {
    tf.tidy(() => void forwardOf(network, passage, { hook, unfusedAttention: true }));
    const found: Partial<Record<AttentionSite, AttentionMaps & { layers: Float32Array[] }>> = {};
    for (const [i, weights] of all.entries()) {
      const site = sites[i]!;
      const [rows, keys] = weights.shape;
      found[site] ??= { queries: rows / (head === undefined ? heads : 1), keys, layers: [] };
      found[site].layers.push((await weights.data<'float32'>()).slice());
    }
    return found;
  } finally {
    tf.dispose(all);
  }
}
const WEIGHTS = /^(encoder\.)?blocks\.(\d+)\.(attention|cross)\.weights$/;
