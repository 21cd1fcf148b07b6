import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { loadObjective } from '.';
import { evaluator } from '../evaluate/evaluator';
import { modelSpec } from '../models';
import { initialValues, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import { tokenSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { type Batch, stepBatch } from './batch';
import { piecesOf } from './shown';
import { masked as maskedRow, masksOf, wordsOf } from './masks';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'mask'] });
const text = 'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money. '.repeat(40);
const ids = tokenizer.encode(text);
const source = tokenSource(ids, tokenizer.size);
const mask = tokenizer.idOf('mask');
const [CONTEXT, MAX] = [40, masksOf(40, 0.15)];

async function batchOf(settings: { maskRate: number; wholeWords: boolean }, step: number, rows = 64): Promise<Arrays> {
  const batches = await (await loadObjective('masked', settings)).batches(source, CONTEXT, tokenizer);
  return of(await stepBatch(batches, { seed: 3, batch: rows, accumulate: 1 }, step));
}
const of = ({ arrays, weight }: Batch): Arrays => ({ ...(arrays as unknown as Arrays), weight });
interface Arrays {
  ids: Int32Array;
  places: Int32Array;
  targets: Int32Array;
  weight: number;
}

test('masks as many tokens of a row as BERT: 80 % by the mask, 10 % by a random token, 10 % unchanged', async () => {
  const [masks, kept, random] = [0, 0, 0];
  const counts = { masks, kept, random };
  let all = 0;
  for (let step = 1; step <= 20; step++) {
    const batch = await batchOf({ maskRate: 0.15, wholeWords: false }, step);
    expect(batch.weight).toBe(64 * MAX);
    batch.places.forEach((place, i) => {
      const [shown, target] = [batch.ids[place]!, batch.targets[i]!];
      expect(Math.floor(place / CONTEXT)).toBe(Math.floor(i / MAX));
      counts[shown === mask ? 'masks' : shown === target ? 'kept' : 'random'] += 1;
      all++;
    });
  }
  const within = (count: number, share: number) =>
    expect(Math.abs(count - share * all)).toBeLessThan(4 * Math.sqrt(all * share * (1 - share)));
  within(counts.masks, 0.8);
  within(counts.kept, 0.1 + 0.1 / 256);
  within(counts.random, 0.1 - 0.1 / 256);
});

test('masks depend on seed, step and row only, and change with each', async () => {
  const settings = { maskRate: 0.3, wholeWords: true };
  const batches = await (await loadObjective('masked', settings)).batches(source, CONTEXT, tokenizer);
  const whole = await batches.training({ seed: 3, step: 7, first: 0, rows: 6 });
  expect(await batches.training({ seed: 3, step: 7, first: 0, rows: 6 })).toEqual(whole);
  expect((await batches.training({ seed: 3, step: 8, first: 0, rows: 6 })).arrays).not.toEqual(whole.arrays);
  const later = of(await batches.training({ seed: 3, step: 7, first: 4, rows: 2 }));
  expect(later.ids).toEqual(of(whole).ids.subarray(4 * CONTEXT));
  const weightsOf = async (rows: number) => {
    const all: number[] = [];
    for await (const { arrays } of batches.evaluation({ rows, tokens: 400 })) all.push(...arrays['ids']!);
    return all;
  };
  expect(await weightsOf(2)).toEqual(await weightsOf(5));
});

test('evaluation replaces all targets by the mask, because the model would copy visible ones', async () => {
  const batches = await (await loadObjective('masked')).batches(source, CONTEXT, tokenizer);
  let all = 0;
  for await (const batch of batches.evaluation({ rows: 8, tokens: 2000 })) {
    const { ids: shown, places, targets } = of(batch);
    for (const place of places) expect(shown[place]).toBe(mask);
    expect(targets.every((target) => target >= 0 && target !== mask)).toBe(true);
    all += places.length;
  }
  expect(all).toBeGreaterThan(200);
});

test('masks whole words, whatever their tokens', async () => {
  const { places, targets, ids: shown, weight } = await batchOf({ maskRate: 0.4, wholeWords: true }, 1);
  expect(weight).toBeGreaterThan(0.9 * targets.length);
  expect(targets.filter((target) => target < 0)).toHaveLength(targets.length - weight);
  const original = shown.slice();
  targets.forEach((target, i) => target >= 0 && (original[places[i]!] = target));
  const hidden = new Set(places.filter((_, i) => targets[i]! >= 0));
  for (let row = 0; row < 64; row++)
    for (const { from, to } of wordsOf(
      Uint32Array.from(original.subarray(row * CONTEXT, (row + 1) * CONTEXT)),
      tokenizer,
    )) {
      const inWord = Array.from({ length: to - from }, (_, i) => hidden.has(row * CONTEXT + from + i));
      expect(new Set(inWord).size).toBe(1);
    }
  const of = (words: string) =>
    wordsOf(tokenizer.encode(words), tokenizer).map(({ from, to }) =>
      tokenizer.decode(tokenizer.encode(words).subarray(from, to)),
    );
  expect(of("a whale's tail, 12é")).toEqual(['a', ' ', 'whale', "'", 's', ' ', 'tail', ',', ' ', '12é']);
});

test('masks text tokens only', () => {
  const end = tokenizer.endOfText;
  const some = Uint32Array.of(end, 65, end, 66, mask);
  const all = { max: 5, wholeWords: false, shares: { mask: 1, random: 0 } };
  expect(maskedRow(some, tokenizer, all, () => 0.5)).toEqual({
    places: [1, 3],
    shown: Uint32Array.of(end, mask, end, mask, mask),
  });
});

const choice = {
  id: 'bert' as const,
  config: usualConfig(modelSpec('bert'), { layers: 1, heads: 2, width: 8, context: CONTEXT }),
  vocabulary: tokenizer.size,
};

test('loss and accuracy cover the masked positions only', async () => {
  const net = await network(choice, initialValues(choice, 1));
  const objective = await loadObjective('masked', { maskRate: 0.2, wholeWords: true });
  const batches = await objective.batches(source, CONTEXT, tokenizer);
  const batch = of(await batches.training({ seed: 1, step: 1, first: 0, rows: 3 }));
  const { loss, correct, want } = tf.tidy(() => {
    const inputs = {
      ids: tf.tensor2d(batch.ids, [3, CONTEXT], 'int32'),
      places: tf.tensor1d(batch.places, 'int32'),
      targets: tf.tensor1d(batch.targets, 'int32'),
    };
    const weight = tf.tensor1d([batch.weight], 'int32');
    const everywhere = new Int32Array(3 * CONTEXT).fill(-1);
    batch.targets.forEach((target, i) => target >= 0 && (everywhere[batch.places[i]!] = target));
    const output = net.forward(inputs.ids);
    const measured = objective.measure!(net, inputs, weight);
    expect(objective.loss(net, inputs, weight).arraySync()).toBeCloseTo(measured.loss.arraySync(), 6);
    return {
      loss: measured.loss.arraySync(),
      correct: measured.correct.arraySync() as number[],
      want: softmaxCrossEntropy(output, tf.tensor1d(everywhere, 'int32'), weight).arraySync(),
    };
  });
  expect(loss).toBeCloseTo(want, 5);
  expect(correct.every((right, i) => batch.targets[i]! >= 0 || right === 0)).toBe(true);

  const evaluating = evaluator(net, objective);
  const first = await evaluating.measure(source, { rows: 2, tokens: 400 }, tokenizer);
  expect(await evaluating.measure(source, { rows: 2, tokens: 400 }, tokenizer)).toEqual(first);
  expect(first.metrics['maskedAccuracy']!.high).toBeLessThan(50);
  const shown = await objective.show(net, { tokenizer, prompt: 'The', source });
  if (typeof shown === 'string' || !('parts' in shown)) throw new Error('No passage');
  expect(shown.parts.map((part) => part.wanted ?? part.text).join('')).toBe(text.slice(0, CONTEXT));
  expect(shown.parts.filter(({ wanted }) => wanted !== undefined)).not.toHaveLength(0);
  const asked = await objective.show(net, { tokenizer, prompt: 'Call me [MASK].', source });
  expect(piecesOf(asked, '').map(({ is }) => is)).toEqual(['given', 'made', 'given']);
  evaluating.dispose();
  net.dispose();
});
