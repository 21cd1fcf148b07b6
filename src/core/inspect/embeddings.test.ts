import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { inductionModel } from '../../testing/inductionModel';
import { inspected, INSPECTED } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import { network } from '../models/network';
import { embeddingMap, nearestTokens } from './embeddings';
import { principalComponents } from './principalComponents';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];
const TABLES = {
  GPT: 'transformer.wte.weight',
  Llama: 'model.embed_tokens.weight',
  BERT: 'bert.embeddings.word_embeddings.weight',
  T5: 'shared.weight',
};

test.each(NAMES)('%s: neighbors equal cosines computed by hand, and no tensor is left', async (name) => {
  const { network: net } = await inspected(name);
  const table = await net.params[TABLES[name]]!.data<'float32'>();
  const { width } = net.choice.config;
  const row = (id: number): Float32Array => table.subarray(id * width, (id + 1) * width);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const before = tf.memory().numTensors;
  const [neighbors] = await nearestTokens(net, [7], 5);
  const map = await embeddingMap(net);
  expect(tf.memory().numTensors).toBe(before);
  const cosines = Array.from({ length: net.choice.vocabulary }, (_, id) => ({ id, similarity: dot(row(7), row(id)) / Math.sqrt(dot(row(7), row(7)) * dot(row(id), row(id))) })); // prettier-ignore
  const wanted = cosines.filter(({ id }) => id !== 7).sort((a, b) => b.similarity - a.similarity).slice(0, 5); // prettier-ignore
  expect(neighbors!.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
  for (const [i, { similarity }] of neighbors!.entries()) expect(similarity).toBeCloseTo(wanted[i]!.similarity, 4);
  // The variance of the points is the share of all variance.
  const variance = (values: readonly number[]): number => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  };
  const columns = Array.from({ length: width }, (_, c) => variance(Array.from({ length: net.choice.vocabulary }, (__, id) => table[id * width + c]!))); // prettier-ignore
  const all = columns.reduce((a, b) => a + b);
  for (const axis of [0, 1]) {
    const along = variance([...map.points].filter((_, i) => i % 2 === axis));
    expect(along / all).toBeCloseTo(map.shares[axis]!, 4);
  }
  net.dispose();
});

test('a token with the embedding of another is its nearest', async () => {
  const { choice, values } = inductionModel(40);
  const name = 'transformer.wte.weight';
  const { shape, data } = values.get(name)!;
  const { width } = choice.config;
  const same = data.slice();
  same.set(
    data.subarray(3 * width, 4 * width).map((x) => 2 * x),
    9 * width,
  );
  const net = await network(choice, new Map([...values, [name, { shape, data: same }]]));
  const [neighbors] = await nearestTokens(net, [3], 1);
  expect(neighbors).toEqual([{ id: 9, similarity: expect.closeTo(1, 5) as number }]);
  net.dispose();
});

test('principal components of a known covariance', () => {
  // Variances 5, 3 and 1 along a rotated basis.
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
  const basis = [[c, s, 0], [-s, c, 0], [0, 0, 1]]; // prettier-ignore
  const covariance = Array.from({ length: 9 }, (_, at) =>
    [5, 3, 1].reduce((sum, variance, i) => sum + variance * basis[i]![Math.floor(at / 3)]! * basis[i]![at % 3]!, 0),
  );
  const { directions, shares } = principalComponents(covariance, 3, 2);
  expect(shares[0]).toBeCloseTo(5 / 9, 10);
  expect(shares[1]).toBeCloseTo(3 / 9, 10);
  for (const [i, direction] of directions.entries())
    for (const [at, x] of direction.entries()) expect(x).toBeCloseTo(basis[i]![at]!, 8);
});
