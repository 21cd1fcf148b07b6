import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { learnerOf, loadObjective } from '.';
import { unwatched } from '../base/job';
import { evaluator } from '../evaluate/evaluator';
import { modelSpec, paramsOf } from '../models';
import { headOf, usualPooling, withClasses, withHead } from '../models/classes';
import { initialValues, type ModelChoice, network } from '../models/network';
import { type Classes, POOLINGS, usualConfig } from '../models/spec';
import { classifier } from '../sample/classify';
import { labelsOf } from '../sample/labelsOf';
import { windowsOf } from '../sample/textRows';
import { textSource } from '../../testing/tokenSource';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { aroundText } from '../tokenizer/prompt';
import { createTokenizer } from '../tokenizer/byteLevel';
import { train } from '../train/train';
import { DEFAULT_RECIPE } from '../train/recipe';
import { labelLoss } from './labelLoss';
import { balancedWeights, labeledIn } from './labelRows';
import { labels as objective } from './labels';
import type { Answered } from './shown';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const CONTEXT = 24;
const MODELS = ['bert', 'gpt', 'llama'] as const;

function classifierOf(id: (typeof MODELS)[number], classes: Omit<Classes, 'pooling'> & Partial<Classes>): ModelChoice {
  const config = usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context: CONTEXT });
  return withClasses({ id, config, vocabulary: tokenizer.size }, { pooling: usualPooling({ id })!, ...classes });
}

/** Texts whose label depends on one word anywhere: `whale` or `ship`. */
const WORDS = ['the', 'old', 'sea', 'ran', 'up', 'a', 'hill'];
const texts = Array.from({ length: 60 }, (_, i) => {
  const words = [0, 1, 2].map((at) => WORDS[(i * 5 + at * 3) % WORDS.length]!);
  return words.toSpliced(i % 4, 0, i % 2 === 0 ? 'whale' : 'ship').join(' ');
});
const wanted = texts.map((_, i) => (i % 2 === 0 ? 'whales' : 'ships'));
const LABELS = ['ships', 'whales'];

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });

  test.each(MODELS)('%s: learns to classify texts that differ in one word, including held-out ones', async (id) => {
    const model = classifierOf(id, { labels: LABELS });
    const [trained, held] = [
      textSource(tokenizer, texts.slice(0, 44), wanted.slice(0, 44)),
      textSource(tokenizer, texts.slice(44), wanted.slice(44)),
    ];
    // A head of three layers with weights near 0 starts slowly.
    const steps = id === 'bert' ? 160 : 60;
    const recipe = {
      ...DEFAULT_RECIPE,
      objective: 'labels',
      ...{ steps, batch: 8, warmup: 4, learningRate: 0.01, dropout: 0, evalEvery: steps, saveEvery: steps, seed: 3 },
    } as const;
    const evaluated: number[] = [];
    const outcome = await train(
      {
        tokenizer,
        model,
        recipe,
        train: trained,
        validation: held,
        now: () => 0,
        save: () => Promise.resolve({ bytes: 0 }),
      },
      {
        signal: unwatched.signal,
        report(event) {
          if (event.kind === 'evaluated') evaluated.push(event.metrics['accuracy']!.value);
        },
      },
    );
    expect(outcome.trainLoss).toBeLessThan(0.2);
    expect(evaluated.at(-1)).toBe(100);
  });

  test.each(MODELS)(
    '%s: the output for a text depends neither on other texts in a batch nor on padding',
    async (id) => {
      for (const pooling of POOLINGS) {
        const model = classifierOf(id, { labels: ['a', 'b', 'c'], pooling });
        const net = await network(model, initialValues(model, 1));
        const own = classifier(net, tokenizer);
        const before = tf.memory().numTensors;
        const together = await own.classify(['a whale', 'the old sea ran', 'up', 'a hill beyond the context of it.']);
        for (const [i, text] of ['a whale', 'the old sea ran', 'up'].entries()) {
          const [alone] = await own.classify([text]);
          expect(alone!.tokens).toBe(text.length);
          for (const [label, p] of alone!.probabilities.entries())
            expect(together[i]!.probabilities[label]).toBeCloseTo(p, 5);
          expect(alone!.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        }
        const around = aroundText(tokenizer, id === 'bert').flat().length;
        expect(together[3]).toMatchObject({ read: CONTEXT - around, tokens: 32, windows: 1 });
        expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
        own.dispose();
        net.dispose();
      }
    },
  );
});

describe('on cpu', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test('reads all windows and returns their mean scores', async () => {
    const model = classifierOf('bert', { labels: ['a', 'b'], inWindows: true });
    const net = await network(model, initialValues(model, 1));
    const own = classifier(net, tokenizer);
    const text = 'it was a whale that ran up the old hill, and no ship';
    const [all] = await own.classify([text]);
    const parts = windowsOf(text.length, CONTEXT - 1, true).map(([from, to]) => text.slice(from, to));
    expect(parts.length).toBe(3);
    const each = await own.classify(parts);
    for (const label of [0, 1]) {
      const mean = each.reduce((sum, { scores }) => sum + scores[label]! / parts.length, 0);
      expect(all!.scores[label]).toBeCloseTo(mean, 5);
    }
    expect(all).toMatchObject({ read: text.length, windows: 3 });
    own.dispose();
    net.dispose();
  });

  test.each([false, true])(
    'the label loss and its gradient match their definitions, with several labels: %s',
    (several) => {
      const [rows, count] = [3, 4];
      const scores = Float32Array.from({ length: rows * count }, (_, i) => Math.sin(3 * i + 1));
      const wanted = new Float32Array(rows * count);
      for (const [row, label] of [2, 0, 3].entries()) wanted[row * count + label] = several ? 1 : [0.5, 2, 1][row]!;
      if (several) wanted[1] = 1;
      const weight = tf.tensor1d([5], 'int32');
      const run = (x: Tensor2D) => labelLoss(x, tf.tensor2d(wanted, [rows, count]), weight, several);
      const { value, grad } = tf.valueAndGrad((x) => run(x as Tensor2D))(tf.tensor2d(scores, [rows, count]));
      let loss = 0;
      const slope = new Float64Array(rows * count);
      for (let row = 0; row < rows; row++) {
        const own = Array.from(scores.subarray(row * count, (row + 1) * count));
        const sum = own.reduce((all, z) => all + Math.exp(z), 0);
        const counts = wanted.subarray(row * count, (row + 1) * count).reduce((a, b) => a + b);
        for (const [label, z] of own.entries()) {
          const want = wanted[row * count + label]!;
          if (several) {
            loss += (Math.log(1 + Math.exp(z)) - want * z) / (5 * count);
            slope[row * count + label] = (1 / (1 + Math.exp(-z)) - want) / (5 * count);
          } else {
            loss -= (want * (z - Math.log(sum))) / 5;
            slope[row * count + label] = ((counts * Math.exp(z)) / sum - want) / 5;
          }
        }
      }
      expect(value.dataSync()[0]).toBeCloseTo(loss, 5);
      for (const [i, each] of grad.dataSync().entries()) expect(each).toBeCloseTo(slope[i]!, 6);
    },
  );

  test('finds labeled texts, and does not train on unlabeled ones', async () => {
    const part = textSource(tokenizer, ['a', 'b', 'c', ''], ['x', null, 'y', 'x']);
    expect((await labeledIn(part, { labels: ['x', 'y'], pooling: 'first' })).map(({ labels }) => labels)).toEqual([
      [0],
      [1],
    ]);
    const several = textSource(tokenizer, ['a', 'b', 'c'], ['x|y', 'z', 'y']);
    const all = await labeledIn(several, { labels: ['x', 'y'], pooling: 'first', several: true });
    expect(all.map(({ labels }) => labels)).toEqual([[0, 1], [], [1]]);
    await expect(labeledIn(textSource(tokenizer, ['a']), { labels: ['x', 'y'], pooling: 'first' })).rejects.toThrow(
      'The text has no labels.',
    );
  });

  test('an evaluation measures all rows once, whatever their lengths, with equal weights', async () => {
    const model = classifierOf('gpt', { labels: LABELS });
    const net = await network(model, initialValues(model, 1));
    // Class weights apply to training only.
    const loaded = await loadObjective('labels', { classWeights: true }, model);
    const part = textSource(tokenizer, texts, wanted);
    const measure = evaluator(net, loaded);
    const { loss, metrics } = await measure.measure(part, { rows: 4, tokens: 1e6 }, tokenizer);
    const own = classifier(net, tokenizer);
    const found = await own.classify(texts);
    const nats = found.map(({ probabilities }, i) => -Math.log(probabilities[LABELS.indexOf(wanted[i]!)]!));
    expect(loss).toBeCloseTo(nats.reduce((a, b) => a + b) / 60, 5);
    const right = found.filter(({ probabilities }, i) => labelsOf(own.classes, probabilities)[0] === wanted[i]).length;
    expect(metrics['accuracy']!.value).toBeCloseTo((100 * right) / 60);
    const shown = await loaded.show(net, { tokenizer, prompt: '', source: part });
    // Shows six texts of both labels, with the probability of the predicted one.
    expect(shown).toHaveLength(6);
    const answers = shown as readonly Answered[];
    expect(new Set(answers.map(({ wanted: label }) => label))).toEqual(new Set(LABELS));
    for (const { confidence } of answers) expect(confidence).toBeGreaterThanOrEqual(0.5);
    measure.dispose();
    own.dispose();
    net.dispose();
  });
});

test('class weights apply to training, and not to evaluation', async () => {
  const part = textSource(tokenizer, ['a', 'b', 'c', 'd'], ['x', 'x', 'x', 'y']);
  const model = classifierOf('gpt', { labels: ['x', 'y'] });
  const { batches } = await loadObjective('labels', { classWeights: true }, model);
  const own = await batches(part, CONTEXT, tokenizer);
  const { arrays, weight } = await own.training({ seed: 1, step: 1, first: 0, rows: 16 });
  expect(new Set(arrays['wanted'])).toEqual(new Set([0, Math.fround(2 / 3), 2]));
  expect(weight).toBe(16);
  for await (const measured of own.evaluation({ rows: 4, tokens: 1e6 }))
    expect([...measured.arrays['wanted']!].reduce((a, b) => a + b, 0)).toBe(measured.rows);
});

test('class weights are 1 on average, and give labels equal total weight', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }), (counts) => {
      const weights = balancedWeights(counts);
      const all = counts.reduce((a, b) => a + b, 0);
      const counted = counts.map((count, label) => count * weights[label]!);
      expect(counted.reduce((a, b) => a + b, 0)).toBeCloseTo(all, 6);
      const shares = counted.filter((_, label) => counts[label]! > 0);
      for (const share of shares) expect(share).toBeCloseTo(shares[0]!, 6);
    }),
  );
});

test('windows cover a text in order, fit a row, and have nearly equal lengths', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), (tokens, room) => {
      const windows = windowsOf(tokens, room, true);
      expect(windows[0][0]).toBe(0);
      expect(windows.at(-1)![1]).toBe(tokens);
      for (const [i, [from, to]] of windows.entries()) {
        expect(to - from).toBeLessThanOrEqual(room);
        if (i > 0) expect(from).toBe(windows[i - 1]![1]);
      }
      const lengths = windows.map(([from, to]) => to - from);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      expect(windowsOf(tokens, room, false)).toEqual([[0, Math.min(tokens, room)]]);
    }),
  );
});

test.each(MODELS)('%s: the head consists of the weights that the base lacks, and the others are copied', (id) => {
  const model = classifierOf(id, { labels: ['a', 'b', 'c'] });
  const { classes: _, ...config } = model.config;
  const base: ModelChoice = { ...model, config };
  const weights = initialValues(base, 5);
  const all = withHead(model, weights, 6);
  expect([...all.keys()]).toEqual(Object.keys(paramsOf(model)));
  for (const [name, { data }] of all) {
    if (Object.hasOwn(headOf(model), name)) expect(weights.has(name)).toBe(false);
    else expect(data).toBe(weights.get(name)!.data);
  }
  expect(Object.keys(headOf(base))).toEqual([]);
  expect(objective.inputs(2, 8, { classWeights: false }, learnerOf(model))['wanted']!.shape).toEqual([2, 3]);
});
