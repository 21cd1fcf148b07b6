import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inspected } from '../../testing/inspected';
import { useSingleThreadWasm } from '../../testing/wasm';
import { logits } from '../sample/logits';
import { passageOf } from './passage';
import type { Prediction } from './prediction';
import { tokenPredictions } from './tokenLoss';

beforeAll(useSingleThreadWasm);

/** Softmax in f64, and everything else by counting. */
function expected(scores: Float32Array, token: number | undefined): Prediction {
  const highest = Math.max(...scores);
  const weights = Array.from(scores, (score) => Math.exp(score - highest));
  const sum = weights.reduce((a, b) => a + b);
  const p = weights.map((weight) => weight / sum);
  const order = [...p.keys()].sort((a, b) => p[b]! - p[a]! || a - b);
  const entropy = -p.reduce((all, each) => all + (each > 0 ? each * Math.log(each) : 0), 0);
  const alternatives = order.slice(0, 3).map((id) => ({ id, probability: p[id]! }));
  if (token === undefined) return { entropy, alternatives };
  return { loss: -Math.log(p[token]!), rank: 1 + order.indexOf(token), entropy, alternatives };
}

function expectEqual(found: Prediction, wanted: Prediction): void {
  expect(found.rank).toBe(wanted.rank);
  expect(found.alternatives.map(({ id }) => id)).toEqual(wanted.alternatives.map(({ id }) => id));
  const numbers = ({ loss = 0, entropy, alternatives }: Prediction) => [loss, entropy, ...alternatives.map(({ probability }) => probability)]; // prettier-ignore
  for (const [i, value] of numbers(found).entries()) expect(Math.abs(value - numbers(wanted)[i]!)).toBeLessThan(1e-4);
}

describe('equals the softmax of the logits, computed alone', () => {
  test.each(['GPT', 'Llama', 'T5'] as const)('%s', async (name) => {
    const { network, tokenizer } = await inspected(name);
    const text = name === 'T5' ? { prompt: 'hgf', target: 'the whale' } : { prompt: 'the whale' };
    const passage = await passageOf(network, tokenizer, text);
    const { ids, source, predictions } = passage;
    const whale = [...tokenizer.encode('the whale')];
    if (name === 'T5') {
      expect(ids).toEqual([tokenizer.idOf('padding'), ...whale]);
      expect(source).toEqual([...tokenizer.encode('hgf'), tokenizer.endOfText]);
      expect(predictions.map((each) => each.expected)).toEqual([...whale, tokenizer.endOfText]);
    } else {
      expect(ids).toEqual(whale);
      expect(predictions.map((each) => each.expected)).toEqual([...whale.slice(1), undefined]);
    }
    const found = await tokenPredictions(network, tokenizer, passage, { count: 3 });
    const tensor = source && tf.tensor2d([...source], [1, source.length], 'int32');
    const scores = await logits(network, ids, undefined, tensor && { ids: tensor });
    const { vocabulary } = network.choice;
    for (const [i, { position, expected: token }] of predictions.entries())
      expectEqual(found[i]!, expected(scores.subarray(position * vocabulary, (position + 1) * vocabulary), token));
    network.dispose();
  });

  test('BERT, with each token masked in turn', async () => {
    const { network, tokenizer } = await inspected('BERT');
    const passage = await passageOf(network, tokenizer, { prompt: 'the [MASK]hale' });
    const mask = tokenizer.idOf('mask');
    expect(passage.ids).toEqual([...tokenizer.encode('the '), mask, ...tokenizer.encode('hale')]);
    expect(passage.predictions.map((each) => each.position)).toEqual([...passage.ids.keys()]);
    expect(passage.predictions[4]).toEqual({ position: 4 });
    const found = await tokenPredictions(network, tokenizer, passage, { count: 3 });
    for (const [i, { position, expected: token }] of passage.predictions.entries()) {
      const scores = await logits(network, passage.ids.with(position, mask), [position + 1]);
      expectEqual(found[i]!, expected(scores, token));
    }
    network.dispose();
  });
});

test('without a target, T5 reads its own greedy answer', async () => {
  const { network, tokenizer } = await inspected('T5');
  const passage = await passageOf(network, tokenizer, { prompt: 'hgf' });
  const found = await tokenPredictions(network, tokenizer, passage, { count: 1 });
  expect(passage.ids.length).toBeGreaterThan(1);
  for (const { rank = 1 } of found) expect(rank).toBe(1);
  network.dispose();
});
