import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import { initialValues } from '../../models/initial';
import { type Network, network } from '../../models/network';
import { untrainedT5 } from '../../../testing/untrainedModels';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { evaluate } from '../evaluate';
import { evaluationSchema } from '../evaluation';
import { heldPair } from '../heldPairs';
import { targetScores } from '../targetScores';
import { documentsWords, judged } from '../words';

let tokenizer: Tokenizer;
const nets: Network[] = [];
beforeAll(async () => {
  await tf.setBackend('cpu');
  const t5 = await untrainedT5();
  ({ tokenizer } = t5);
  nets.push(await network(t5.info.model, t5.snapshot.tensors));
  const config = { layers: 1, heads: 1, width: 8, context: 32 };
  const choice = { id: 'gpt', config, vocabulary: tokenizer.size } as const;
  nets.push(await network(choice, initialValues(choice, 1)));
});
const INPUTS = ['a whale', 'a ship', 'the sea', 'whale', 'one two', 'ship ship'];
const pairsOf = (labels: readonly string[]) =>
  INPUTS.map((input, i) => heldPair(tokenizer, input, labels[i % labels.length]!, 'table.csv'));
const LABELS = ['good', 'bad one'];

test.each([0, 1])('predicts the label that is the likelier target, model %i', async (place) => {
  const net = nets[place]!;
  const [pairs, before] = [pairsOf(LABELS), tf.memory().numTensors];
  // `so so` is only in the training data: it may be predicted, but is never expected.
  const trainingPairs = [...pairsOf([...LABELS, 'so so']), ...pairsOf(['bad one'])];
  const found = await evaluate(
    net,
    tokenizer,
    { objective: 'pairs', pairs, trainingPairs, metrics: ['accuracy', 'macroF1'] },
    unwatched,
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const all = ['bad one', 'good', 'so so'];
  const given: string[] = [];
  for (const input of INPUTS) {
    const scores = await targetScores(
      net,
      tokenizer,
      all.map((label) => heldPair(tokenizer, input, label, '')),
    );
    const nats = scores.map(({ loss }) => loss.reduce((a, b) => a + b, 0));
    given.push(all[nats.indexOf(Math.min(...nats))]!);
  }
  const right = given.filter((label, i) => label === LABELS[i % 2]).length;
  expect(found.metrics['accuracy']!.value).toBeCloseTo((100 * right) / 6);
  const { labels, counts } = found.confusion!;
  for (const [w, wanted] of labels.entries())
    for (const [g, one] of labels.entries())
      expect(counts[w]![g]).toBe(given.filter((label, i) => label === one && LABELS[i % 2] === wanted).length);
  expect(found.baselines['majority']).toEqual({ accuracy: 50, macroF1: expect.closeTo(100 / 3) as number });
  expect(Object.keys(found.baselines)).toEqual(['majority', 'naiveBayes']);
  expect(documentsWords(found)).toBe('6 pairs');
  expect(judged({ part: 'validation', evaluation: found }).judgement).toMatch(
    new RegExp(`^${right} of 6 pairs right \\(`),
  );
});

test('reports missing baselines without training data, and targets that are not labels on request', async () => {
  const asked = { pairs: pairsOf(LABELS), metrics: ['accuracy' as const] };
  const found = await evaluate(nets[1]!, tokenizer, { ...asked, objective: 'pairs' }, unwatched);
  expect(found.leftOut.map(({ name }) => name)).toEqual(['majority', 'naiveBayes']);
  const texts = { ...asked, pairs: pairsOf(INPUTS) };
  const other = await evaluate(nets[1]!, tokenizer, { ...texts, objective: 'pairs' }, unwatched);
  expect(other.metrics).toEqual({});
  expect(other.leftOut[0]!.reason).toMatch(/not labels: labels are 2 to 50 different texts/);
  const all = await evaluate(nets[1]!, tokenizer, { objective: 'pairs', ...texts, metrics: undefined }, unwatched);
  expect(all.leftOut.map(({ name }) => name)).not.toContain('accuracy');
});
