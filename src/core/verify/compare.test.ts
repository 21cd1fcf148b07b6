import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { FORMATS } from '../export/formats';
import { compare, type Figures, matches, type SecondEngine } from './compare';
import type { Reference } from './reference';

const engine = (scores: SecondEngine['scores']): SecondEngine => ({ name: 'another engine', scores });
/** Logits of three tokens after a text; they depend on its length and its last token. */
const after = (ids: readonly number[]): number[] => [(ids.length % 3) / 2, 2, (ids.at(-1)! % 2) * 4];
/** After [7, 8]: `first`, and token 1 is the likeliest. */
const oursWith = (first: number[] = after([7, 8])): Reference => ({
  text: 'held-out',
  ids: [7, 8, 9],
  lengths: [1, 3],
  prompt: 2,
  greedy: [1],
  scores: Float32Array.from([...after([7]), ...after([7, 8, 9])]),
  greedyScores: Float32Array.from(first),
});
const equal = engine((ids) => Promise.resolve(Float32Array.from(after(ids))));
const f32 = FORMATS.safetensors.check!.bound;
const q8 = FORMATS['gguf-q8_0'].check!.bound;

test('an equal engine has no difference, even if it adds a constant to all scores', async () => {
  const shifted = engine((ids) => Promise.resolve(Float32Array.from(after(ids), (score) => score + 64)));
  for (const other of [equal, shifted]) {
    const figures = await compare(oursWith(), other, f32, unwatched);
    expect(figures).toMatchObject({ engine: 'another engine', text: 'held-out', places: 2, tokens: 1, equal: 1 });
    expect(matches(figures)).toBe(true);
    expect(figures.difference).toBeLessThan(1e-12);
    expect(figures.variation).toBeLessThan(1e-12);
  }
});

test('asks the engine for the texts that ours read and generated', async () => {
  const read: (readonly number[])[] = [];
  const asked = engine((ids) => {
    read.push(ids);
    return equal.scores(ids);
  });
  await compare({ ...oursWith(), greedy: [1, 2], greedyScores: new Float32Array(6) }, asked, f32, unwatched);
  expect(read).toEqual([[7], [7, 8, 9], [7, 8], [7, 8, 1]]);
});

test('asks an encoder for each position in the whole text, and an encoder-decoder with its source', async () => {
  const asked: unknown[] = [];
  const recording: SecondEngine['scores'] = (ids, how) => {
    asked.push([ids, how]);
    return equal.scores(ids);
  };
  const none = { greedy: [], greedyScores: new Float32Array() };
  await compare({ ...oursWith(), ...none, isBothWays: true }, engine(recording), f32, unwatched);
  expect(asked.splice(0)).toEqual([[[7, 8, 9], { at: 0 }], [[7, 8, 9], { at: 2 }]]); // prettier-ignore
  await compare({ ...oursWith(), ...none, source: [5, 6] }, engine(recording), f32, unwatched);
  expect(asked).toEqual([[[7], { source: [5, 6] }], [[7, 8, 9], { source: [5, 6] }]]); // prettier-ignore
});

test('difference is the maximum over log-probabilities, and variation half the sum over probabilities', async () => {
  const flat = engine(() => Promise.resolve(new Float32Array(3)));
  const ours = { ...oursWith(), lengths: [1], scores: Float32Array.from([Math.log(2), 0, 0]) };
  const { difference, variation } = await compare(ours, flat, f32, unwatched);
  expect(difference).toBeCloseTo(Math.log(3 / 2), 6); // 1/2 instead of 1/3; 1/4 differs less
  expect(variation).toBeCloseTo(1 / 6, 6);
});

test('a different likeliest token is a mismatch, or a tie if our lead is below the bound', async () => {
  const figuresOf = async (lead: number, bound = f32): Promise<Figures> => {
    const other = engine((ids) => Promise.resolve(Float32Array.from(ids.length === 2 ? [0, 0, 1] : after(ids))));
    return compare(oursWith([0, 1 + lead, 1]), other, bound, unwatched);
  };
  const close = await figuresOf(0.0009);
  expect(close).toMatchObject({ tokens: 1, equal: 0, ties: 1 });
  expect(matches(close)).toBe(true);
  const far = await figuresOf(0.0011);
  expect(far).toMatchObject({ tokens: 1, equal: 0, ties: 0 });
  expect(matches(far)).toBe(false);
  // With 8 bits, the bound is on probabilities: 0.10 in logits is 0.042 here, 0.15 is 0.064.
  expect(await figuresOf(0.1, q8)).toMatchObject({ equal: 0, ties: 1 });
  expect(await figuresOf(0.15, q8)).toMatchObject({ equal: 0, ties: 0 });
});

test('each bound limits its own figure, inclusively', () => {
  const figures = { engine: '', text: 'prompt', places: 1, tokens: 2, equal: 2, ties: 0 } as const;
  const with8 = { ...figures, difference: 3, bound: q8 };
  expect(matches({ ...with8, variation: 0.05 })).toBe(true);
  expect(matches({ ...with8, variation: 0.0501 })).toBe(false);
  expect(matches({ ...figures, variation: 0, difference: 0.001, bound: f32 })).toBe(true);
  expect(matches({ ...figures, variation: 0, difference: 0.00101, bound: f32 })).toBe(false);
  expect(matches({ ...figures, equal: 1, variation: 0, difference: 0, bound: f32 })).toBe(false);
});

test('rejects too few scores and NaN with a message', async () => {
  const short = engine(() => Promise.resolve(new Float32Array(2)));
  await expect(compare(oursWith(), short, f32, unwatched)).rejects.toMatchObject({
    code: 'bad-file',
    message: 'The second engine couldn’t read the file: another engine gives 2 scores instead of 3',
    remedy: expect.stringMatching(/^The model is unchanged/) as string,
  });
  const none = engine(() => Promise.resolve(new Float32Array(3).fill(NaN)));
  await expect(compare(oursWith(), none, f32, unwatched)).rejects.toThrow(/gives a score that is not a number/);
});

test('reports progress, and stops between tokens', async () => {
  const reports: (number | undefined)[] = [];
  const stop = new AbortController();
  const report = ({ done }: { done?: number }): void => {
    reports.push(done);
    if (reports.length === 2) stop.abort();
  };
  await expect(compare(oursWith(), equal, f32, { signal: stop.signal, report })).rejects.toThrow();
  expect(reports).toEqual([0, 1]);
});
