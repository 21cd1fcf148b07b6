import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleToken } from './sampleToken';

const logits = Float32Array.from([1, 3, 2, 0, -1], (z) => z);
const all = { temperature: 1, topK: 0, topP: 1 };
const softmax = (zs: number[]) => zs.map((z) => Math.exp(z) / zs.reduce((sum, other) => sum + Math.exp(other), 0));
const shares = (settings: typeof all) => {
  const counts = new Array<number>(5).fill(0);
  for (let i = 0; i < 10_000; i++) counts[sampleToken(logits, settings, (i + 0.5) / 10_000).id]! += 1 / 10_000;
  return counts;
};

test('temperature 0 takes the most probable token, and the lower id on a tie', () => {
  expect(sampleToken(logits, { ...all, temperature: 0 }, 0.99).id).toBe(1);
  expect(sampleToken(Float32Array.of(2, 5, 5), { ...all, temperature: 0 }, 0.99).id).toBe(1);
});
test('temperature 1 follows the model, and 2 is flatter', () => {
  shares(all).forEach((share, id) => expect(share).toBeCloseTo(softmax([...logits])[id]!, 3));
  const flat = softmax([...logits].map((z) => z / 2));
  shares({ ...all, temperature: 2 }).forEach((share, id) => expect(share).toBeCloseTo(flat[id]!, 3));
});
test('drawing by id keeps the probabilities, and higher random numbers give higher ids', () => {
  const byId = { ...all, isDrawnById: true };
  shares(byId).forEach((share, id) => expect(share).toBeCloseTo(softmax([...logits])[id]!, 3));
  const ids = Array.from({ length: 100 }, (_, i) => sampleToken(logits, byId, i / 100).id);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
});
test('top-k keeps the k most probable tokens, and top-p the fewest that reach p', () => {
  const [two] = [softmax([3, 2])];
  shares({ ...all, topK: 2 }).forEach((share, id) => expect(share).toBeCloseTo([0, two[0]!, two[1]!, 0, 0][id]!, 3));
  // Probabilities are 0.64, 0.23, 0.09, ...: 0.8 needs two tokens, and 0.5 needs one.
  expect(shares({ ...all, topP: 0.8 }).map((share) => share > 0)).toEqual([false, true, true, false, false]);
  expect(shares({ ...all, topP: 0.5 })[1]).toBeCloseTo(1, 9);
});
test('alternatives are the eight most probable tokens, with the model’s probabilities', () => {
  const { alternatives, probability, id } = sampleToken(logits, { temperature: 0.1, topK: 1, topP: 0.1 }, 0);
  expect(alternatives.map(([token]) => token)).toEqual([1, 2, 0, 3, 4]);
  expect(probability).toBeCloseTo(softmax([...logits])[id]!, 6);
});
test('refuses non-finite scores', () => {
  for (const bad of [NaN, Infinity]) {
    expect(() => sampleToken(Float32Array.of(1, bad, 2), all, 0.5)).toThrow(/not finite numbers/);
  }
  expect(sampleToken(Float32Array.of(1, -Infinity), all, 0.5).id).toBe(0); // a token that never comes next
});
test('any settings give a valid token', () => {
  const settings = fc.record({
    temperature: fc.double({ min: 0, max: 10, noNaN: true }),
    topK: fc.nat(20),
    topP: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const values = fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, settings, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (zs, s, u) => {
      const { id, probability } = sampleToken(Float32Array.from(zs), s, u);
      expect(id).toBeGreaterThanOrEqual(0);
      expect(id).toBeLessThan(zs.length);
      expect(probability).toBeLessThanOrEqual(1 + 1e-9);
    }),
  );
});
