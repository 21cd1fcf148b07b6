import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { loadObjective, modelsFor } from '.';
import { modelSpec } from '../models';
import { initialValues, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { Batch } from './batch';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const roles = ['end', 'padding', 'mask', ...new Array<'sentinel'>(100).fill('sentinel')] as const;
const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles });
const words = 'Call me Ishmael. Some years ago, never mind how long precisely. '.repeat(20).split(' ');
const source = textSource(tokenizer, words);
const CONTEXT = 24;

test.each([
  ['causal', { packing: 'stream' }],
  ['causal', { packing: 'documents' }],
  ['masked', { maskRate: 0.3, wholeWords: true }],
  ['spanCorruption', { maskRate: 0.3, spanLength: 2 }],
  ['prefix', {}],
] as const)('%s: losses and gradients of micro-batches sum to those of one batch', async (id, settings) => {
  const model = modelsFor(id)[0]!;
  const objective = await loadObjective(id, settings, { id: model });
  const config = usualConfig(modelSpec(model), { layers: 1, heads: 2, width: 8, context: CONTEXT });
  const choice = { id: model, config, vocabulary: tokenizer.size };
  const net = await network(choice, initialValues(choice, 1));
  const batches = await objective.batches(source, CONTEXT, tokenizer);
  const rows = (first: number, count: number) => batches.training({ seed: 2, step: 3, first, rows: count });
  const whole = await rows(0, 6);
  const parts = [await rows(0, 2), await rows(2, 2), await rows(4, 2)];
  expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBe(whole.weight);
  const weights = Object.values(net.params);
  function gradients({ arrays }: Batch, count: number) {
    return tf.tidy(() => {
      const specs = objective.inputs(count, CONTEXT);
      const inputs = Object.fromEntries(
        Object.entries(arrays).map(([name, values]) => [
          name,
          tf.tensor(values, [...specs[name]!.shape], specs[name]!.dtype),
        ]),
      );
      const weight = tf.tensor1d([whole.weight], 'int32');
      const { value, grads } = tf.variableGrads(() => objective.loss(net, inputs, weight), weights);
      return [value.dataSync()[0]!, ...weights.flatMap(({ name }) => [...(grads[name]?.dataSync() ?? [])])];
    });
  }
  const want = gradients(whole, 6);
  const sums = parts.map((part) => gradients(part, 2)).reduce((a, b) => a.map((x, i) => x + b[i]!));
  for (const [i, sum] of sums.entries())
    expect(Math.abs(sum - want[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(want[i]!)));
  net.dispose();
});
