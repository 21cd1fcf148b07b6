import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inspected, INSPECTED } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import type { Network } from '../models/network';
import { type AttentionMaps, attentionWeights } from './attention';
import { forwardOf, kept } from './forward';
import { headOf, headsOf, headSummaries } from './headSummary';
import { type Passage, passageOf } from './passage';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];
const PROMPT = 'the white whale';

/** Softmax of the scaled products of queries and keys, in f64, from q | k | v of the model's own pass. */
async function byHand({ choice }: Network, qkv: Float32Array, isCausal: boolean): Promise<Float64Array> {
  const { heads, width } = choice.config;
  const [T, D] = [qkv.length / (3 * width), width / heads];
  const weights = new Float64Array(heads * T * T);
  for (let head = 0; head < heads; head++)
    for (let i = 0; i < T; i++) {
      const scores = Array.from({ length: isCausal ? i + 1 : T }, (_, j) => {
        let dot = 0;
        for (let d = 0; d < D; d++)
          dot += qkv[i * 3 * width + head * D + d]! * qkv[j * 3 * width + width + head * D + d]!;
        return dot / Math.sqrt(D);
      });
      const highest = Math.max(...scores);
      const sum = scores.reduce((all, score) => all + Math.exp(score - highest), 0);
      for (const [j, score] of scores.entries()) weights[(head * T + i) * T + j] = Math.exp(score - highest) / sum;
    }
  return Promise.resolve(weights);
}

async function qkvOf(network: Network, passage: Passage, layer: number): Promise<Float32Array> {
  const { all, hook } = kept((name, x) => (name === `blocks.${layer}.attention.qkv` ? x : undefined));
  tf.tidy(() => void forwardOf(network, passage, { hook }));
  const values = (await all[0]!.data<'float32'>()).slice();
  tf.dispose(all);
  return values;
}

describe.each(['GPT', 'BERT'] as const)('%s', (name) => {
  test('weights equal the softmax of queries and keys, computed by hand', async () => {
    const { network, tokenizer } = await inspected(name);
    const passage = await passageOf(network, tokenizer, { prompt: PROMPT });
    const { self } = await attentionWeights(network, passage);
    for (const [layer, weights] of self!.layers.entries()) {
      const wanted = await byHand(network, await qkvOf(network, passage, layer), name === 'GPT');
      for (const [i, weight] of weights.entries()) expect(Math.abs(weight - wanted[i]!)).toBeLessThan(1e-5);
    }
    network.dispose();
  });
});

const expectRows = ({ queries, keys, layers }: AttentionMaps, isCausal: boolean): void => {
  for (const weights of layers)
    for (let row = 0; row < weights.length / keys; row++) {
      const line = weights.subarray(row * keys, (row + 1) * keys);
      expect(Math.abs(line.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(1e-5);
      if (isCausal) expect([...line.subarray((row % queries) + 1)].every((weight) => weight === 0)).toBe(true);
    }
};

test.each(NAMES)('%s: rows sum to 1, hidden keys have 0, and no tensor is left', async (name) => {
  const { network, tokenizer } = await inspected(name);
  const passage = await passageOf(network, tokenizer, { prompt: PROMPT });
  const before = tf.memory().numTensors;
  const sites = await attentionWeights(network, passage);
  expect(tf.memory().numTensors).toBe(before);
  const [T, S] = [passage.ids.length, passage.source?.length];
  expect(Object.keys(sites).sort()).toEqual(name === 'T5' ? ['cross', 'encoder', 'self'] : ['self']);
  expect(sites.self).toMatchObject({ queries: T, keys: T });
  if (S !== undefined) {
    expect(sites.encoder).toMatchObject({ queries: S, keys: S });
    expect(sites.cross).toMatchObject({ queries: T, keys: S });
  }
  for (const [site, maps] of Object.entries(sites)) {
    expect(maps.layers).toHaveLength(2);
    expect(headsOf(maps)).toBe(2);
    expectRows(maps, site === 'self' && name !== 'BERT');
  }
  network.dispose();
});

test('one layer and one head are a part of all', async () => {
  const { network, tokenizer } = await inspected('T5');
  const passage = await passageOf(network, tokenizer, { prompt: PROMPT });
  const all = await attentionWeights(network, passage);
  const one = await attentionWeights(network, passage, { layer: 1, head: 1 });
  for (const site of ['self', 'encoder', 'cross'] as const) {
    expect(one[site]!.layers).toHaveLength(1);
    expect(one[site]!.layers[0]).toEqual(headOf(all[site]!, 1, 1).slice());
  }
  network.dispose();
});

test('a summary averages where a head looks', () => {
  const weights = Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.25, 0.5, 0.25]);
  const [summary] = headSummaries({ queries: 3, keys: 3, layers: [weights] });
  expect(summary).toMatchObject({ layer: 0, head: 0, previous: 0.5, first: 0.375, itself: 0.375 });
  const entropies = [0, Math.log(2), 1.5 * Math.log(2)];
  expect(summary!.entropy).toBeCloseTo(entropies.reduce((a, b) => a + b) / 3, 6);
});
