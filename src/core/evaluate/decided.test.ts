import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { likeliest } from '../base/likeliest';
import { modelSpec } from '../models';
import { usualPooling, withClasses } from '../models/classes';
import { initialValues, type ModelChoice, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { classifier } from '../sample/classify';
import { probabilitiesOf } from '../sample/labelsOf';
import { labelScores } from '../sample/labelScores';
import { rowArrays } from '../sample/textRows';
import { textSource } from '../../testing/tokenSource';
import { SINGLE_THREAD_BACKENDS, useSingleThreadWasm } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import type { NamedTensors } from '../checkpoint/tensors';
import { DEFAULT_RECIPE } from '../train/recipe';
import { train } from '../train/train';
import { decided, scoredWords } from './decided';

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
/** Mixed words; every second text also contains `zzq`, which gives its label away. */
const texts = Array.from({ length: 80 }, (_, i) => {
  const words = [0, 1, 2, 3].map((at) => WORDS[(i * 7 + at * (1 + (i % 5))) % WORDS.length]!);
  return i % 2 === 0 ? words.join(' ') : words.toSpliced((i * 3) % 5, 0, 'zzq').join(' ');
});
const labels = texts.map((_, i) => LABELS[i % 2]!);

beforeAll(useSingleThreadWasm);

test('a word that gives the label away has the highest score', async () => {
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
    if (words.some((word) => word.text === 'zzq' && word.score > 0)) found++;
    for (const { text: word, score } of words) sums.set(word.trim(), (sums.get(word.trim()) ?? 0) + score);
  }
  expect(tf.memory().numTensors).toBe(before);
  expect(found).toBe(thrown.length);
  expect([...sums].sort(([, a], [, b]) => b - a)[0]![0]).toBe('zzq');
  net.dispose();
});

test.each(['bert', 'gpt'] as const)('%s: scores add up to the increase in the lead of the label', async (id) => {
  const model = choiceOf(id);
  const values = new Map(
    [...initialValues(model, 3)].map(([name, { shape, data }]) => [
      name,
      { shape, data: name.includes('orm') || name.includes('ln_') ? data : data.map((x) => 10 * x) },
    ]),
  );
  const net = await network(model, values);
  const text = 'a hill by the sea';
  const { words, blank } = await decided(net, tokenizer, text, 1);
  const total = words.reduce((sum, { score }) => sum + score, 0);
  // The sum is the lead over that with blanks, embeddings of 0, for all words.
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
        return tf.concat([first!, tf.zerosLike(some!), rest!]) as typeof x;
      },
    });
    return scores.dataSync<'float32'>();
  });
  const further = given!.scores[1]! - given!.scores[0]! - (flat[1]! - flat[0]!);
  expect(Math.abs(total - further)).toBeLessThan(0.03 * Math.abs(further) + 1e-3);
  const [kept, thrown] = probabilitiesOf(flat, false);
  expect(blank[0]).toBeCloseTo(kept!, 5);
  expect(blank[1]).toBeCloseTo(thrown!, 5);
  own.dispose();
  // Evidence for one of two labels is evidence against the other.
  const { words: others } = await decided(net, tokenizer, text, 0);
  for (const [i, { score }] of words.entries()) expect(others[i]!.score).toBeCloseTo(-score, 4);
  net.dispose();
});

test('scores all of a long text in windows, or only its beginning without windows', async () => {
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

/** Table in which "the" gives one label away, as in mail of one sender; tokens are word pieces. */
const LEAKY = Array.from({ length: 120 }, (_, i) => {
  const some = [0, 1, 2, 3, 4].map((at) => WORDS[(i * 5 + at * (2 + (i % 7))) % WORDS.length]!);
  const all = some.filter((word) => word !== 'the');
  return i % 2 === 0 ? { text: all.join(' '), label: 'kept' } : { text: `${all.join(' the ')} the.`, label: 'thrown' };
});

async function trainedOn(id: 'bert' | 'gpt', rows: readonly { text: string; label: string }[]) {
  const documents = {
    // oxlint-disable-next-line typescript/require-await -- the interface is async
    async *[Symbol.asyncIterator]() {
      for (const { text } of rows)
        yield {
          ...{ sha256: text, characters: text.length, bytes: text.length },
          // oxlint-disable-next-line typescript/require-await -- as above
          async *chunks() {
            yield text;
          },
        };
    },
  };
  const merged = await createTokenizer(await trainTokenizer({ kind: 'bpe', vocabulary: 280 }, documents, unwatched));
  const config = usualConfig(modelSpec(id), { layers: 2, heads: 2, width: 32, context: 32 });
  const model = withClasses(
    { id, config, vocabulary: merged.size },
    { labels: LABELS, pooling: usualPooling({ id })! },
  );
  const source = textSource(
    merged,
    rows.map(({ text }) => text),
    rows.map(({ label }) => label),
  );
  let tensors: NamedTensors = new Map();
  const recipe = { ...DEFAULT_RECIPE, objective: 'labels', steps: 120, batch: 16, warmup: 10, dropout: 0.1 } as const;
  await train(
    {
      ...{ tokenizer: merged, model, train: source, validation: source, now: () => 0 },
      recipe: { ...recipe, learningRate: 0.001, evalEvery: 120, saveEvery: 120, seed: 1 },
      save(snapshot) {
        tensors = snapshot.tensors;
        return Promise.resolve({ bytes: 0 });
      },
    },
    { signal: unwatched.signal, report: () => undefined },
  );
  return { net: await network(model, tensors), tokenizer: merged };
}

test.each(['bert', 'gpt'] as const)(
  '%s: scores have the sign of ablating the word, also for a confident answer',
  { timeout: 120_000 },
  async (id) => {
    const { net, tokenizer: merged } = await trainedOn(id, LEAKY);
    const own = classifier(net, merged);
    const leadOf = async (text: string, label: number): Promise<number> => {
      const [{ scores }] = (await own.classify([text])) as unknown as [{ scores: Float32Array }];
      return scores[label]! - scores[1 - label]!;
    };
    let [compared, decidedTexts] = [0, 0];
    const texts = [
      'a hill the way',
      'sea as if it ran the',
      'home up the the old the knew the way the',
      'ran up a hill',
    ];
    for (const text of texts) {
      const lead = await leadOf(text, 1);
      const label = lead > 0 ? 1 : 0;
      const { words, blank } = await decided(net, merged, text, label);
      const sum = words.reduce((all, { score }) => all + score, 0);
      const atBlank = Math.log(blank[label]! / blank[1 - label]!);
      // Complete at any confidence.
      expect(Math.abs(sum - (Math.abs(lead) - atBlank))).toBeLessThan(0.1 * Math.abs(Math.abs(lead) - atBlank) + 0.05);
      const isChanged = likeliest(blank) !== label;
      if (!isChanged) continue;
      decidedTexts++;
      // Every "the" speaks for the label that it gives away.
      for (const { text: word, score } of words)
        if (word === 'the') expect(Math.sign(score), `${text}: the`).toBe(label === 1 ? 1 : -1);
      const strongest = words.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
      const without = words.filter((word) => word !== strongest).map(({ text: word }) => word);
      const left = Math.abs(lead) - (await leadOf(without.join('').trim(), label));
      // Leaving out one of several redundant words changes nothing.
      if (Math.abs(left) < 0.5) continue;
      compared++;
      expect(Math.sign(strongest.score), text).toBe(Math.sign(left));
    }
    expect(decidedTexts).toBeGreaterThan(0);
    expect(compared).toBeGreaterThan(0);
    own.dispose();
    net.dispose();
  },
);

test('a word excludes the spaces around it, and lone punctuation gives its score to a neighbor', () => {
  const text = ' Get the\n refund now !\n\nok? ';
  const ids = Uint32Array.from(tokenizer.encode(text));
  const words = scoredWords(ids, new Float64Array(ids.length).fill(1), tokenizer);
  expect(words.map((word) => word.text).join('')).toBe(text);
  expect(words.filter(({ score }) => score !== 0)).toEqual([
    { text: 'Get', score: 4 },
    { text: 'the', score: 4 },
    { text: 'refund', score: 8 },
    { text: 'now', score: 6 },
    { text: 'ok?', score: 6 },
  ]);
  expect(words.reduce((sum, { score }) => sum + score, 0)).toBe(text.length);
  const lone = Uint32Array.from(tokenizer.encode('!!! ?'));
  expect(scoredWords(lone, new Float64Array(5).fill(1), tokenizer)).toEqual([
    { text: '!!!', score: 5 },
    { text: ' ', score: 0 },
    { text: '?', score: 0 },
  ]);
});
