import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildSamples } from '../../../scripts/samples';
import { unwatched } from '../base/job';
import { stream } from '../base/rng';
import { documentOf } from '../../testing/texts';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import { unigramAccuracy, unigramDivergence, unigramLoss } from './unigram';

it('is the cross-entropy of the smoothed frequencies', () => {
  // (3+1)/(4+3), (1+1)/7, (0+1)/7
  const expected = -(2 * Math.log(4 / 7) + Math.log(2 / 7) + Math.log(1 / 7)) / 4;
  expect(unigramLoss([3, 1, 0], [2, 1, 1])).toBeCloseTo(expected, 12);
});

it('is ln V without training tokens, and finite for unseen tokens', () => {
  expect(unigramLoss([0, 0, 0, 0], [1, 2, 3, 4])).toBeCloseTo(Math.log(4), 12);
  expect(unigramLoss(Uint32Array.of(1e9, 0), Uint32Array.of(0, 5))).toBeCloseTo(Math.log(1e9 + 2), 9);
});

it('counts the most common training token in the validation set, among text tokens', () => {
  const train = [9, 2, 5, 1];
  expect(unigramAccuracy(train, [3, 4, 1, 2], () => true)).toBe(30);
  expect(unigramAccuracy(train, [3, 4, 2, 2], (id) => id !== 0)).toBe(25);
  expect(unigramAccuracy([0, 0], [0, 0], () => true)).toBe(0);
});

describe('divergence of the validation set', () => {
  it('is the Kullback-Leibler divergence for large counts, and 0 for two equal parts', () => {
    // 0.5 ln(0.5 / 0.75) + 0.5 ln(0.5 / 0.25)
    const expected = 0.5 * Math.log(2 / 3) + 0.5 * Math.log(2);
    expect(unigramDivergence([75e6, 25e6], [5e6, 5e6])).toBeCloseTo(expected, 5);
    expect(unigramDivergence([900, 90, 9, 1], [100, 10, 1, 0])).toBe(0);
    expect(unigramDivergence([0, 0], [1, 1])).toBe(0);
  });

  it('ignores chance differences between two parts of one kind, however large the vocabulary', () => {
    // 20,000 tokens of 4,000 kinds with Zipf frequencies, every tenth held out; 0.8 nats without the correction.
    const at = stream(1, 'zipf', 0);
    const [train, held] = [new Uint32Array(4000), new Uint32Array(4000)];
    for (let i = 0; i < 20_000; i++) (i % 10 === 0 ? held : train)[Math.floor(4000 ** (at(i) / 2 ** 32)) - 1]! += 1;
    expect(unigramDivergence(train, held)).toBeLessThan(0.05);
  });

  it('detects a text that ends in another language or kind, and accepts the bundled samples', async () => {
    const [moby, addresses] = buildSamples().map(({ text }) => text) as [string, string];
    const folder = new URL('../ops/', import.meta.url);
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const code = sources.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    const japanese = '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'.repeat(400);
    const cases = [
      [moby.slice(0, 300_000), false],
      // One character in 20, in passages from all years.
      [addresses.replace(/[^]{10000}/g, (part) => part.slice(0, 500)), false],
      [moby.slice(0, 300_000) + code.slice(0, 35_000), true],
      [moby.slice(0, 300_000) + japanese.slice(0, 12_000), true],
    ] as const;
    for (const [text, isUnlike] of cases) {
      for (const [kind, vocabulary] of [
        ['bytes', 0],
        ['bpe', 2048],
      ] as const) {
        const tokenizer = await createTokenizer(
          await trainTokenizer({ kind, vocabulary }, [documentOf(text)], unwatched),
        );
        const ids = tokenizer.encode(text);
        const counts = (part: Uint32Array) => {
          const times = new Uint32Array(tokenizer.size);
          for (const id of part) times[id]! += 1;
          return times;
        };
        const boundary = Math.round(0.9 * ids.length);
        const divergence = unigramDivergence(counts(ids.subarray(0, boundary)), counts(ids.subarray(boundary)));
        expect(divergence > 0.5, `${text.slice(0, 20)} ${text.slice(-20)}, ${kind}: ${divergence}`).toBe(isUnlike);
      }
    }
  });
});
