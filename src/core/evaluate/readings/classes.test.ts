import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import { modelSpec } from '../../models';
import { withClasses } from '../../models/classes';
import { initialValues, type Network, network } from '../../models/network';
import { type Classes, usualConfig } from '../../models/spec';
import { classifier } from '../../sample/classify';
import { labelsOf } from '../../sample/labelsOf';
import { sampleText } from '../../sample/sampleText';
import { createTokenizer } from '../../tokenizer/byteLevel';
import { evaluate } from '../evaluate';
import { evaluationSchema } from '../evaluation';
import { held } from '../blocks';
import { answersAt, eachLabel, givenAt } from '../eachLabel';
import { heldText } from '../heldTexts';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const TEXTS = Array.from({ length: 40 }, (_, i) => `${'a whale of a ship '.slice(i % 9)}${i}`);

async function open(classes: Classes, id: 'bert' | 'gpt' = 'bert'): Promise<Network> {
  const config = usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context: 16 });
  const choice = withClasses({ id, config, vocabulary: tokenizer.size }, classes);
  // Scaled up, so that predictions are confident.
  const values = new Map(
    [...initialValues(choice, 3)].map(([name, { shape, data }]) => [
      name,
      { shape, data: /classifier|pooler|score/.test(name) ? data.map((x) => 40 * x) : data },
    ]),
  );
  return network(choice, values);
}
beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(['bert', 'gpt'] as const)('%s: figures follow from the prediction for each text', async (id) => {
  const labels = ['ham', 'junk', 'spam'];
  const net = await open({ labels, pooling: 'mean' }, id);
  // Half of the expected labels equal the predictions, so the classifier is far overconfident.
  const reader = classifier(net, tokenizer);
  const first = (await reader.classify(TEXTS)).map(({ probabilities }) => labelsOf(reader.classes, probabilities)[0]!);
  reader.dispose();
  const wanted = first.map((label, i) => (i % 2 === 0 ? label : labels[i % 3]!));
  const labeled = [
    ...TEXTS.map((text, i) => heldText(tokenizer, { text, label: wanted[i]! }, 3 * i, 'mails.csv')),
    heldText(tokenizer, { text: 'of a label that it has not', label: 'eggs' }, 999, 'mails.csv'),
    heldText(tokenizer, { text: '', label: 'ham' }, 1000, 'mails.csv'),
  ];
  const before = tf.memory().numTensors;
  const trainingTexts = TEXTS.map((text, i) => ({ text, label: wanted[i]! }));
  const found = await evaluate(net, tokenizer, { objective: 'labels', labeled, trainingTexts }, unwatched);
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const own = classifier(net, tokenizer);
  const each = await own.classify(TEXTS);
  const given = each.map(({ probabilities }) => labelsOf(own.classes, probabilities)[0]!);
  const right = given.filter((label, i) => label === wanted[i]).length;
  expect(found.metrics['accuracy']).toMatchObject({ value: (100 * right) / 40, unit: '%' });
  expect(found.metrics['accuracy']!.low).toBeLessThan(found.metrics['accuracy']!.value);
  const nats = each.map(({ probabilities }, i) => -Math.log(probabilities[labels.indexOf(wanted[i]!)]!));
  expect(found.metrics['loss']!.value).toBeCloseTo(nats.reduce((a, b) => a + b) / 40, 5);
  expect(found.labelled).toMatchObject({
    labels,
    place: TEXTS.map((_, i) => 3 * i),
    wanted: wanted.map((label) => labels.indexOf(label)),
    given: given.map((label) => labels.indexOf(label)),
    cut: each.filter(({ tokens, read }) => read < tokens).length,
  });
  expect(found.labelled!.cut).toBeGreaterThan(0);
  expect(found.labelled!.temperature).toBeGreaterThan(1.2);
  const { asItLearnt, scaled } = found.labelled!.calibrationError;
  const bins = Array.from({ length: 10 }, () => 0);
  for (const [i, { probabilities }] of each.entries()) {
    const sure = Math.max(...probabilities);
    bins[Math.min(9, Math.floor(10 * sure))]! += sure - (given[i] === wanted[i] ? 1 : 0);
  }
  expect(asItLearnt).toBeCloseTo((100 * bins.reduce((sum, bin) => sum + Math.abs(bin), 0)) / 40, 6);
  expect(found.metrics['calibrationError']!.value).toBeCloseTo(scaled, 10);
  expect(found.confusion!.counts.flat().reduce((a, b) => a + b)).toBe(40);
  const max = Math.max(...labels.map((label) => wanted.filter((one) => one === label).length));
  expect(found.baselines['majority']!['accuracy']).toBeCloseTo((100 * max) / 40);
  expect(found.baselines['naiveBayes']!['accuracy']).toBeGreaterThanOrEqual((100 * max) / 40);
  expect(found.baselines['uniform']).toEqual({ loss: Math.log(3) });
  expect(found.documents).toBe(40);
  expect(found.tokens).toBe(TEXTS.join('').length);
  expect(found.leftOut.map(({ reason }) => reason)).toContain('2 texts have no token or an unknown label: eggs, ham.');
  own.dispose();
  net.dispose();
});

test('multilabel figures count each label separately', async () => {
  const labels = ['a', 'b', 'c'];
  const net = await open({ labels, pooling: 'mean', several: true });
  const own = ['a|c', '|', 'b', 'c|a'];
  const labeled = TEXTS.map((text, i) => heldText(tokenizer, { text, label: own[i % 4]! }, i, ''));
  const found = await evaluate(net, tokenizer, { objective: 'labels', labeled, trainingTexts: labeled }, unwatched);
  const reader = classifier(net, tokenizer);
  const each = await reader.classify(TEXTS);
  const given = each.map(({ probabilities }) => labelsOf(reader.classes, probabilities).join());
  const wanted = ['a,c', '', 'b', 'a,c'];
  const right = given.filter((all, i) => all === wanted[i % 4]).length;
  expect(found.metrics['accuracy']!.value).toBeCloseTo((100 * right) / 40);
  expect(found.labelled!.wanted.slice(0, 4)).toEqual([[0, 2], [], [1], [0, 2]]);
  expect(found.confusion).toBeUndefined();
  expect(found.leftOut).toEqual([]);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  // Half of the texts have a and half c, which is no majority for either label.
  expect(found.baselines['majority']).toEqual({ accuracy: 25, macroF1: 0 });
  expect(found.baselines['naiveBayes']!['accuracy']).toBeGreaterThanOrEqual(0);
  const isGiven = (label: string) => given.map((all) => all.split(',').includes(label));
  for (const each of eachLabel(found.labelled!)) {
    const is = wanted.map((all) => all.split(',').includes(each.label));
    const was = isGiven(each.label);
    const count = (of: (i: number) => boolean): number => TEXTS.filter((_, i) => of(i)).length;
    expect(each).toEqual({
      label: each.label,
      found: count((i) => is[i % 4]! && was[i]!),
      missed: count((i) => is[i % 4]! && !was[i]!),
      wrong: count((i) => !is[i % 4]! && was[i]!),
    });
  }
  // Another threshold, set before or after, predicts the labels with that scaled probability.
  const decision = { atLeast: 0.8, temperature: 2 };
  const surer = await evaluate(net, tokenizer, { objective: 'labels', labeled, decision }, unwatched);
  const likely = each.map(({ scores }) => [...scores.keys()].filter((at) => 1 / (1 + Math.exp(-scores[at]! / 2)) >= 0.8)); // prettier-ignore
  expect(surer.labelled).toMatchObject({ atLeast: 0.8, given: likely });
  const { probabilities, temperature } = found.labelled!;
  expect(probabilities![3]![1]).toBeCloseTo(1 / (1 + Math.exp(-each[3]!.scores[1]! / temperature)), 10);
  expect(givenAt(surer.labelled!, 0.8)).toEqual(likely);
  const even = { ...surer.labelled!, probabilities: surer.labelled!.probabilities! };
  expect(givenAt(even, 0)).toEqual(found.labelled!.given);
  const decided = answersAt(surer.labelled!, 0.8)!;
  expect(decided.answered).toBe(likely.filter(({ length }) => length > 0).length);
  expect(decided.right).toBe(likely.filter((all, i) => all.map((at) => labels[at]).join() === wanted[i % 4]).length);
  expect(decided.labels.given).toBe(likely.flat().length);
  expect(decided.labels.wanted).toBe(50);
  expect(surer.metrics['accuracy']!.value).toBeCloseTo((100 * decided.right) / 40, 10);
  reader.dispose();
  net.dispose();
});

test('evaluates a classifier only on labeled texts, and no other model on them', async () => {
  const net = await open({ labels: ['a', 'b'], pooling: 'first' });
  const documents = [held(tokenizer, 'a whale', 'x.txt')];
  await expect(evaluate(net, tokenizer, { objective: 'labels', documents }, unwatched)).rejects.toThrow(
    'The model is a classifier',
  );
  const labeled = [heldText(tokenizer, { text: 'a', label: 'neither' }, 0, '')];
  await expect(evaluate(net, tokenizer, { objective: 'labels', labeled }, unwatched)).rejects.toThrow(
    'None of 1 text has a label that the classifier knows. They have neither; it has a, b.',
  );
  const pairs = [{ kind: 'x', first: 'a whale', second: 'whale a' }];
  const decoder = await open({ labels: ['a', 'b'], pooling: 'last' }, 'gpt');
  const asked = { minimalPairs: pairs };
  await expect(evaluate(decoder, tokenizer, { ...asked, objective: 'labels' }, unwatched)).rejects.toThrow(
    /classifier.*no(?:t)? tokens/,
  );
  await expect(sampleText(decoder, tokenizer, 'a whale')).rejects.toThrow(/classifier.*no(?:t)? tokens/);
  decoder.dispose();
  net.dispose();
  const config = usualConfig(modelSpec('bert'), { layers: 1, heads: 2, width: 16, context: 16 });
  const choice = { id: 'bert', config, vocabulary: tokenizer.size } as const;
  const other = await network(choice, initialValues(choice, 3));
  await expect(evaluate(other, tokenizer, { objective: 'labels', labeled }, unwatched)).rejects.toThrow(
    'The model is not a classifier',
  );
  other.dispose();
});
