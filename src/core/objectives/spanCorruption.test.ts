import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadObjective, objectiveOf } from '.';
import { stream } from '../base/rng';
import { modelSpec } from '../models';
import { initialValues, network } from '../models/network';
import { usualConfig } from '../models/spec';
import { tokenSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { stepBatch } from './batch';
import { corrupted, shuffled, spanLengths, spanReach, spanSizes } from './spans';
import { propertyRuns } from '../../testing/propertyRuns';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** t5/data/preprocessors.py line by line, with the same random numbers. oracles/test_spans.py runs the original. */
const reference = {
  round: (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  noiseMask(length: number, density: number, mean: number, draw: () => number): boolean[] {
    let noise = this.round(Math.fround(length * Math.fround(density))); // f32 as in TensorFlow
    noise = Math.min(Math.max(noise, 1), length - 1);
    const spans = Math.max(this.round(Math.fround(noise / Math.fround(mean))), 1);
    const nonNoise = length - noise;
    const segmentation = (items: number, segments: number): number[] => {
      const range = Array.from({ length: items - 1 }, (_, i) => (i < segments - 1 ? 1 : 0));
      const first = [0, ...shuffled(range, draw)];
      const ids = first.map((_, i) => first.slice(0, i + 1).reduce<number>((a, b) => a + b, 0));
      const sums = new Array<number>(segments).fill(0);
      for (const id of ids) sums[id]! += 1;
      return sums;
    };
    const noiseLengths = segmentation(noise, spans);
    const nonNoiseLengths = segmentation(nonNoise, spans);
    const interleaved = nonNoiseLengths.flatMap((n, i) => [n, noiseLengths[i]!]);
    const starts = new Set<number>();
    let sum = 0;
    for (const n of interleaved.slice(0, -1)) starts.add((sum += n));
    let number = 0;
    return Array.from({ length }, (_, i) => (starts.has(i) ? ++number : number) % 2 === 1);
  },
  /** noise_span_to_unique_sentinel; with the inverted mask, nonnoise_span_to_unique_sentinel. */
  toSentinels(ids: readonly number[], isNoise: readonly boolean[], sentinel: (n: number) => number): number[] {
    const result: number[] = [];
    let n = 0;
    for (const [i, id] of ids.entries()) {
      if (!isNoise[i]) result.push(id);
      else if (i === 0 || !isNoise[i - 1]) result.push(sentinel(n++));
    }
    return result;
  },
  /** random_spans_helper. */
  lengths(inputsLength: number, density: number, mean: number): [tokens: number, targets: number] {
    const of = (tokens: number): [number, number] => {
      const noise = this.round(tokens * density);
      const spans = this.round(noise / mean);
      return [tokens - noise + spans + 1, noise + spans + 1];
    };
    let tokens = inputsLength;
    while (of(tokens + 1)[0] <= inputsLength) tokens++;
    return [tokens, of(tokens)[1]];
  },
};

const numbers = (seed: number) => {
  const at = stream(seed, 'test', 0);
  let n = 0;
  return () => at(n++) / 2 ** 32;
};

test('removes the same spans as T5 for the same random numbers', () => {
  const settings = fc.record({
    seed: fc.nat(),
    length: fc.integer({ min: 2, max: 700 }),
    maskRate: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    spanLength: fc.double({ min: 1, max: 12, noNaN: true }),
  });
  fc.assert(
    fc.property(settings, ({ seed, length, maskRate, spanLength }) => {
      const { noise } = spanSizes(length, { maskRate, spanLength });
      fc.pre(noise / spanLength <= length - noise - 0.5); // else T5's code makes spans without text before them
      const isNoise = reference.noiseMask(length, maskRate, spanLength, numbers(seed));
      const lengths = spanLengths(length, { maskRate, spanLength }, numbers(seed));
      expect(lengths.flatMap((n, i) => new Array<boolean>(n).fill(i % 2 === 1))).toEqual(isNoise);
      const ids = Uint32Array.from({ length }, (_, i) => i);
      const sentinel = (n: number) => 10_000 - n;
      const made = corrupted(ids, lengths, sentinel, 9999);
      expect(made.inputs).toEqual([...reference.toSentinels([...ids], isNoise, sentinel), 9999]);
      const turned = isNoise.map((each) => !each);
      expect(made.targets).toEqual([...reference.toSentinels([...ids], turned, sentinel), 9999]);
      const sizes = spanSizes(length, { maskRate, spanLength });
      expect([made.inputs.length, made.targets.length]).toEqual([sizes.inputs, sizes.targets]);
    }),
    { numRuns: propertyRuns(1000) },
  );
});

test('reads as much text as fills the context, as computed by T5', () => {
  for (const [maskRate, spanLength] of [
    [0.15, 3],
    [0.15, 8],
    [0.3, 3],
    [0.1, 2],
  ] as const) {
    for (const context of [64, 100, 128, 255, 512, 1024]) {
      const [tokens, targets] = reference.lengths(context, maskRate, spanLength);
      expect(spanReach(context, { maskRate, spanLength })).toBe(tokens);
      expect(spanSizes(tokens, { maskRate, spanLength }).targets).toBe(targets);
    }
  }
  // The paper's settings: 568 tokens of text give 512 inputs and 114 targets.
  expect(spanReach(512, { maskRate: 0.15, spanLength: 3 })).toBe(568);
  expect(spanSizes(568, { maskRate: 0.15, spanLength: 3 })).toMatchObject({ inputs: 512, targets: 114 });
});

test('reports settings with more spans than sentinels, or more noise than text', () => {
  const of = (context: number, maskRate: number, spanLength: number) =>
    objectiveOf('spanCorruption').problems!({ maskRate, spanLength }, context);
  expect(of(512, 0.15, 3)).toEqual([]);
  expect(of(1024, 0.3, 3)).toMatchObject([
    { field: 'spanLength', message: expect.stringMatching(/the maximum is 100/) as unknown },
  ]);
  expect(of(64, 0.6, 3)).toMatchObject([{ field: 'maskRate' }]);
});

test('targets hold each sentinel with its span and a final end token, by seed, step and row', async () => {
  const roles = ['end', 'padding', ...new Array<'sentinel'>(100).fill('sentinel')] as const;
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles });
  const text = 'Call me Ishmael. Some years ago, never mind how long precisely. '.repeat(40);
  const part = tokenSource(tokenizer.encode(text), tokenizer.size);
  const objective = await loadObjective('spanCorruption');
  const batches = await objective.batches(part, 48, tokenizer);
  const batch = await stepBatch(batches, { seed: 1, batch: 4, accumulate: 1 }, 1);
  expect(await stepBatch(batches, { seed: 1, batch: 2, accumulate: 2 }, 1)).toEqual(batch);
  const { source, ids, targets } = batch.arrays as Readonly<Record<'source' | 'ids' | 'targets', Int32Array>>;
  const specs = objective.inputs(4, 48);
  expect([source.length, ids.length, targets.length]).toEqual(
    [specs['source']!, specs['ids']!, specs['targets']!].map(({ shape }) => shape.reduce((a, b) => a * b)),
  );
  expect(batch.weight).toBe(targets.length);
  const T = targets.length / 4;
  expect(ids[0]).toBe(tokenizer.idOf('padding'));
  expect(ids[1]).toBe(tokenizer.idOf('sentinel', 0));
  expect(targets[T - 1]).toBe(tokenizer.endOfText);
  expect([...ids.subarray(1, T)]).toEqual([...targets.subarray(0, T - 1)]);
  // Inputs and targets together restore the text.
  const spans = new Map<number, number[]>();
  let current: number[] = [];
  for (const id of targets.subarray(0, T - 1)) {
    if (tokenizer.specialOf(id)) spans.set(id, (current = []));
    else current.push(id);
  }
  const whole = [...source.subarray(0, source.length / 4 - 1)].flatMap((id) => spans.get(id) ?? [id]);
  expect(text).toContain(tokenizer.decode(whole));

  const choice = {
    id: 't5' as const,
    config: usualConfig(modelSpec('t5'), { layers: 1, heads: 2, width: 8, context: 48 }),
    vocabulary: tokenizer.size,
  };
  const net = await network(choice, initialValues(choice, 1));
  const shown = await objective.show(net, { tokenizer, prompt: '', source: part });
  if (typeof shown === 'string' || !('kind' in shown) || shown.kind !== 'filled') throw new Error('No passage');
  expect(text.startsWith(shown.parts.map((piece) => piece.wanted ?? piece.text).join(''))).toBe(true);
  expect(await objective.show(net, { tokenizer, prompt: 'a' })).toMatchObject({ kind: 'answered', input: 'a' });
  net.dispose();
});
