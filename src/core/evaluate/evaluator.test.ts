import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { initialValues, network } from '../models/network';
import { loadObjective } from '../objectives';
import { logits } from '../sample/logits';
import { noneSpecial } from '../../testing/noneSpecial';
import { evaluator } from './evaluator';
import { tokenSource } from '../../testing/tokenSource';

const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 5 }, vocabulary: 9 } as const;
const ids = Uint32Array.from({ length: 41 }, (_, i) => (i * i + 3) % 9);
const source = tokenSource(ids, 9, 82);
beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('the loss is the mean over tokens, each predicted from those before it in its window', async () => {
  const net = await network(choice, initialValues(choice, 1));
  let sum = 0;
  for (let start = 0; start < 40; start += 5) {
    const scores = await logits(net, [...ids.slice(start, start + 5)]);
    for (let t = 0; t < 5; t++) {
      const row = scores.subarray(t * 9, (t + 1) * 9);
      sum += Math.log(row.reduce((total, z) => total + Math.exp(z), 0)) - row[ids[start + t + 1]!]!;
    }
  }
  const { measure, dispose } = evaluator(net, await loadObjective('causal'));
  for (const rows of [1, 2, 4, 8]) {
    expect((await measure(source, { rows, tokens: 1000 }, noneSpecial)).loss).toBeCloseTo(sum / 40, 5);
  }
  const before = tf.memory().numTensors;
  await measure(source, { rows: 2, tokens: 20 }, noneSpecial);
  expect(tf.memory().numTensors).toBe(before);
  dispose();
  net.dispose();
});
test('counts each token once in any batch: masked tokens of one batch give no other more weight', async () => {
  // Windows at 0, 10, 20 and 30, so that the tokens 5 and 15 are only predicted.
  const masked = ids.map((id, i) => (i === 5 || i === 15 ? 0xffffffff : id)); // as int32: -1
  const read = (start: number, length: number) => Promise.resolve(masked.slice(start, start + length));
  const net = await network(choice, initialValues(choice, 1));
  const { measure, dispose } = evaluator(net, await loadObjective('causal'));
  const one = (await measure({ ...source, read }, { rows: 4, tokens: 20 }, noneSpecial)).loss;
  for (const rows of [1, 2])
    expect((await measure({ ...source, read }, { rows, tokens: 20 }, noneSpecial)).loss).toBeCloseTo(one, 6);
  dispose();
  net.dispose();
});
