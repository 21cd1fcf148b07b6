/** Label counts of evaluations during training, compared with the final evaluation of the same weights. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { confusionIn, labelCounts } from '../metrics/labels/counts';
import { modelSpec } from '../models';
import { withClasses } from '../models/classes';
import { initialValues, network } from '../models/network';
import { type Classes, usualConfig } from '../models/spec';
import { loadObjective } from '../objectives';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { eachLabel } from './eachLabel';
import { evaluate } from './evaluate';
import { evaluator } from './evaluator';
import { heldText } from './heldTexts';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const TEXTS = Array.from({ length: 40 }, (_, i) => `${'a whale of a ship '.slice(i % 9)}${i}`);
const LABELS = ['ham', 'junk', 'spam'];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

async function measuredTwice(classes: Classes, wanted: readonly string[]) {
  const config = usualConfig(modelSpec('bert'), { layers: 1, heads: 2, width: 16, context: 32 });
  const choice = withClasses({ id: 'bert', config, vocabulary: tokenizer.size }, classes);
  const net = await network(choice, initialValues(choice, 3));
  const own = evaluator(net, await loadObjective('labels', undefined, choice));
  const whileTraining = await own.measure(textSource(tokenizer, TEXTS, wanted), { rows: 8, tokens: 1e6 }, tokenizer);
  const labeled = TEXTS.map((text, i) => heldText(tokenizer, { text, label: wanted[i]! }, i, 'mails.csv'));
  const final = await evaluate(net, tokenizer, { objective: 'labels', labeled }, unwatched);
  own.dispose();
  net.dispose();
  return { whileTraining, final };
}

test('an evaluation while training has the matrix, accuracy and macro F1 of the final one', async () => {
  const { whileTraining, final } = await measuredTwice(
    { labels: LABELS, pooling: 'mean' },
    TEXTS.map((_, i) => LABELS[i % 3]!),
  );
  const { labels, metrics } = whileTraining;
  const all = confusionIn(labels!, LABELS)!;
  const { counts, labels: occurring } = final.confusion!;
  const places = occurring.map((label) => LABELS.indexOf(label));
  expect(places.map((row) => places.map((column) => all.counts[row]![column]))).toEqual(counts);
  expect(all.counts.flat().reduce((a, b) => a + b)).toBe(40);
  expect(labels).toMatchObject({ texts: 40, right: places.reduce((sum, _, i) => sum + counts[i]![i]!, 0) });
  for (const id of ['accuracy', 'macroF1']) {
    const { unit: _, ...figure } = final.metrics[id]!;
    expect(metrics[id]!.value).toBeCloseTo(figure.value, 8);
    expect(metrics[id]!.low).toBeCloseTo(figure.low!, id === 'accuracy' ? 8 : 0); // texts are drawn in another order
  }
});

test('counts each label of multilabel texts separately', async () => {
  const { whileTraining, final } = await measuredTwice(
    { labels: LABELS, pooling: 'mean', several: true },
    TEXTS.map((_, i) => LABELS.filter((_, place) => (i >> place) % 2 === 1).join('|') || '|'),
  );
  const each = eachLabel(final.labelled!).map(({ found, missed, wrong }) => [found, missed, wrong]);
  expect(whileTraining.labels!.each).toEqual(each);
  expect(whileTraining.labels!.cells).toBeUndefined();
  expect(whileTraining.metrics['macroF1']!.value).toBeCloseTo(final.metrics['macroF1']!.value, 8);
  expect((100 * whileTraining.labels!.right) / 40).toBeCloseTo(final.metrics['accuracy']!.value, 8);
});

test('counts by index, for labels of any name', () => {
  const pairs = [
    { output: '__proto__', wanted: 'a' },
    { output: 'a', wanted: 'a' },
    { output: 'a', wanted: 'a' },
  ];
  const counts = labelCounts({ labels: ['__proto__', 'a'], several: false, pairs });
  expect(counts).toEqual({ texts: 3, right: 2, cells: [[1, 0, 1], [1, 1, 2]] }); // prettier-ignore
  expect(confusionIn(counts, ['__proto__', 'a'])!.counts).toEqual([[0, 0], [1, 2]]); // prettier-ignore
});
