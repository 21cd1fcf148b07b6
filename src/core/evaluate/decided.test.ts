import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { modelSpec } from '../models';
import { usualPooling, withClasses } from '../models/classes';
import { initialValues, type ModelChoice, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { classifier } from '../sample/classify';
import { labelScores } from '../sample/labelScores';
import { rowArrays } from '../sample/textRows';
import { textSource } from '../testing/tokenSource';
import { SINGLE_THREAD_BACKENDS, useSingleThreadWasm } from '../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { NamedTensors } from '../checkpoint/tensors';
import { DEFAULT_RECIPE } from '../train/recipe';
import { train } from '../train/train';
import { decided } from './decided';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const LABELS = ['kept', 'thrown'];
const choiceOf = (id: 'bert' | 'gpt', context = 40, inWindows = false): ModelChoice =>
  withClasses(
    {
      id,
      config: usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context }),
      vocabulary: tokenizer.size,
    },
    { labels: LABELS, pooling: usualPooling({ id })!, ...(inWindows && { inWindows }) },
  );

const WORDS = 'the old sea ran up a hill as if it knew the way home'.split(' ');
/** Words by chance, and where it is thrown one that gives it away, somewhere among them. */
const texts = Array.from({ length: 80 }, (_, i) => {
  const words = [0, 1, 2, 3].map((at) => WORDS[(i * 7 + at * (1 + (i % 5))) % WORDS.length]!);
  return i % 2 === 0 ? words.join(' ') : words.toSpliced((i * 3) % 5, 0, 'zzq').join(' ');
});
const labels = texts.map((_, i) => LABELS[i % 2]!);

beforeAll(useSingleThreadWasm);

test('a word that gives the label away is what decided', async () => {
  const model = choiceOf('gpt');
  let tensors: NamedTensors = new Map();
  const source = textSource(tokenizer, texts, labels);
  const recipe = {
    ...DEFAULT_RECIPE,
    objective: 'labels',
    steps: 120,
    batch: 8,
    warmup: 4,
    learningRate: 0.01,
  } as const;
  await train(
    {
      ...{ tokenizer, model, train: source, validation: source, now: () => 0 },
      recipe: { ...recipe, dropout: 0, evalEvery: 120, saveEvery: 120, seed: 1 },
      save(snapshot) {
        tensors = snapshot.tensors;
        return Promise.resolve({ bytes: 0 });
      },
    },
    { signal: unwatched.signal, report: () => undefined },
  );
  const net = await network(model, tensors);
  const before = tf.memory().numTensors;
  let found = 0;
  const sums = new Map<string, number>();
  const thrown = texts.filter((_, i) => i % 2 === 1).slice(0, 20);
  for (const text of thrown) {
    const { words, read } = await decided(net, tokenizer, text, 1);
    expect(words.map((word) => word.text).join('')).toBe(text);
    expect(read).toBe(text.length);
    const most = words.reduce((a, b) => (b.score > a.score ? b : a));
    if (most.text.trim() === 'zzq') found++;
    for (const { text: word, score } of words) sums.set(word.trim(), (sums.get(word.trim()) ?? 0) + score);
  }
  expect(tf.memory().numTensors).toBe(before);
  expect(found).toBeGreaterThanOrEqual(14);
  expect([...sums].sort(([, a], [, b]) => b - a)[0]![0]).toBe('zzq');
  net.dispose();
});

test.each(['bert', 'gpt'] as const)('%s: scores add up to how much further ahead the label is', async (id) => {
  const model = choiceOf(id);
  const values = new Map(
    [...initialValues(model, 3)].map(([name, { shape, data }]) => [
      name,
      { shape, data: name.includes('orm') || name.includes('ln_') ? data : data.map((x) => 10 * x) },
    ]),
  );
  const net = await network(model, values);
  const text = 'a hill by the sea';
  const { words } = await decided(net, tokenizer, text, 1);
  const total = words.reduce((sum, { score }) => sum + score, 0);
  // Together they are how much further ahead it is than where every token of the text is the mean of them.
  const own = classifier(net, tokenizer);
  const [given] = await own.classify([text]);
  const before = id === 'bert' ? 1 : 0;
  const width = 24;
  const ids = new Int32Array(width).fill(tokenizer.endOfText);
  ids.set(tokenizer.encode(text), before);
  const flat = tf.tidy(() => {
    const pool = rowArrays([ids.subarray(0, before + text.length)], width, model.config.classes!.pooling, 0).pool;
    const inputs = {
      ids: tf.tensor2d(ids, [1, width]),
      lengths: tf.tensor1d([before + text.length], 'int32'),
      pool: tf.tensor2d(pool, [1, width]),
    };
    const scores = labelScores(net, inputs, {
      dropout: 0,
      hook(name, x) {
        if (name !== 'embedding') return x;
        const [first, some, rest] = tf.split(x, [before, text.length, width - before - text.length]);
        return tf.concat([first!, tf.tile(tf.mean(some!, 0, true), [text.length, 1]), rest!]) as typeof x;
      },
    });
    return scores.dataSync<'float32'>();
  });
  const further = given!.scores[1]! - given!.scores[0]! - (flat[1]! - flat[0]!);
  expect(Math.abs(total - further)).toBeLessThan(0.03 * Math.abs(further) + 1e-3);
  own.dispose();
  // What speaks for one of two labels speaks against the other.
  const { words: others } = await decided(net, tokenizer, text, 0);
  for (const [i, { score }] of words.entries()) expect(others[i]!.score).toBeCloseTo(-score, 4);
  net.dispose();
});

test('of a long text all is told where it is read in windows, and otherwise its beginning', async () => {
  const text = 'it ran up a hill, and then down by the sea to the old way home';
  for (const inWindows of [false, true]) {
    const model = choiceOf('bert', 16, inWindows);
    const net = await network(model, initialValues(model, 1));
    const { words, tokens, read } = await decided(net, tokenizer, text, 0);
    expect(tokens).toBe(text.length);
    expect(read).toBe(inWindows ? text.length : 15);
    expect(words.map((word) => word.text).join('')).toBe(text.slice(0, read));
    net.dispose();
  }
});

test('host backends agree', async () => {
  const found: number[][] = [];
  for (const [, use] of SINGLE_THREAD_BACKENDS) {
    await use();
    const model = choiceOf('bert');
    const net = await network(model, initialValues(model, 4));
    found.push((await decided(net, tokenizer, 'a hill', 1)).words.map(({ score }) => score));
    net.dispose();
  }
  for (const [i, score] of found[0]!.entries()) expect(found[1]![i]).toBeCloseTo(score, 6);
});
