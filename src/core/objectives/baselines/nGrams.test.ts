import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nGrams } from './nGrams';
import { propertyRuns } from '../../../testing/propertyRuns';

const V = 5;
const text = fc.array(fc.integer({ min: 0, max: V - 1 }), { minLength: 4, maxLength: 60 });
const orders = [1, 2, 3] as const;

test.each(orders)('at order %i the probabilities of all tokens add up to one after any tokens', (order) => {
  fc.assert(
    fc.property(text, text, (train, before) => {
      const counted = nGrams(train, V);
      const sum = Array.from({ length: V }, (_, token) =>
        Math.exp(-counted.loss(order, [...before, token], before.length)),
      ).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 10);
    }),
    { numRuns: propertyRuns(200) },
  );
});

/** Loss by the formula, with rows as text. */
function byHand(train: readonly number[], order: number, given: readonly number[], at: number): number {
  const grams = (k: number): string[] =>
    Array.from({ length: Math.max(0, train.length - k + 1) }, (_, i) => train.slice(i, i + k).join(' '));
  const counts = (k: number): Map<string, number> => {
    const listed = k === order ? grams(k) : [...counts(k + 1).keys()].map((gram) => gram.replace(/^\d+ /, ''));
    const all = new Map<string, number>();
    for (const gram of listed) all.set(gram, (all.get(gram) ?? 0) + 1);
    return all;
  };
  let p = 1 / V;
  for (let k = 1; k <= Math.min(order, at + 1); k++) {
    const all = counts(k);
    const of = (n: number): number => [...all.values()].filter((count) => count === n).length;
    const d = of(1) > 0 ? of(1) / (of(1) + 2 * of(2)) : 0.5;
    const context = given.slice(at - k + 1, at).join(' ');
    const after = [...all].filter(([gram]) => (k === 1 ? true : gram.startsWith(`${context} `)));
    const total = after.reduce((sum, [, count]) => sum + count, 0);
    if (total === 0) continue;
    const own = all.get(k === 1 ? String(given[at]) : `${context} ${given[at]!}`) ?? 0;
    p = (Math.max(0, own - d) + d * after.length * p) / total;
  }
  return -Math.log(p);
}

test.each(orders)('at order %i losses match the formula', (order) => {
  fc.assert(
    fc.property(text, text, (train, held) => {
      const counted = nGrams(train, V);
      for (let at = 0; at < held.length; at++) {
        expect(counted.loss(order, held, at)).toBeCloseTo(byHand(train, order, held, at), 9);
      }
    }),
    { numRuns: propertyRuns(40) },
  );
});

test.each(orders)('at order %i the five most probable tokens have the lowest losses', (order) => {
  const wide = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 4, maxLength: 60 });
  fc.assert(
    fc.property(wide, wide, (train, held) => {
      const counted = nGrams(train, 12);
      for (const at of held.keys()) {
        const costs = Array.from({ length: 12 }, (_, token) => counted.loss(order, held.with(at, token), at));
        const best = [...costs].sort((a, b) => a - b).slice(0, 5);
        const likeliest = counted.likeliest(order, held, at);
        expect(new Set(likeliest).size).toBe(5);
        for (const [i, token] of likeliest.entries()) expect(costs[token]).toBeCloseTo(best[i]!, 9);
      }
    }),
    { numRuns: propertyRuns(60) },
  );
  expect(nGrams([0, 1, 0], 3).likeliest(order, [0, 1], 1)).toHaveLength(3);
});

test('a token that often follows two tokens is probable after them', () => {
  const train = Array.from({ length: 60 }, (_, i) => [0, 1, 2, 0, 1, 3][i % 6]!);
  const counted = nGrams(train, V);
  expect(Math.exp(-counted.loss(3, [3, 0, 1], 2))).toBeGreaterThan(0.9);
  expect(Math.exp(-counted.loss(3, [2, 0, 1], 2))).toBeGreaterThan(0.9);
  expect(counted.loss(3, [2, 0, 4], 2)).toBeGreaterThan(5);
});

test('a trigram model counts any vocabulary, and texts shorter than a trigram', () => {
  const large = nGrams([249_999, 7, 249_999, 7, 249_999, 7, 249_999, 7, 249_999], 250_000);
  expect(Math.exp(-large.loss(3, [249_999, 7, 249_999], 2))).toBeGreaterThan(0.2);
  expect(nGrams([2, 2, 2], V).loss(1, [2], 0)).toBeLessThan(Math.log(V));
  for (const order of orders) {
    expect(nGrams([], V).loss(order, [0, 1, 2], 2)).toBeCloseTo(Math.log(V), 12);
  }
});
