import { expect, test } from 'vitest';
import { atOnce } from '../base/job';
import { stream } from '../base/rng';
import { probabilitiesOf } from '../sample/labelsOf';
import { crossFittedTemperatures, MIN_TEXTS, fittedTemperature as fitting, natsOf, type Scored } from './temperature';

const fittedTemperature = (texts: readonly Scored[], several: boolean): number => atOnce(fitting(texts, several));

/** Texts whose labels are drawn from their logits, which are then scaled by `times`. */
function drawn(count: number, times: number, several = false): Scored[] {
  const at = stream(7, 'texts', 0);
  let n = 0;
  const next = (): number => at(n++) / 2 ** 32;
  return Array.from({ length: count }, () => {
    const scores = Float64Array.from({ length: 3 }, () => 6 * next() - 3);
    const all = probabilitiesOf(scores, several);
    const scaled = scores.map((score) => score * times);
    if (several) return { scores: scaled, wanted: [0, 1, 2].filter((label) => next() < all[label]!) };
    const p = next();
    return { scores: scaled, wanted: [p < all[0]! ? 0 : p < all[0]! + all[1]! ? 1 : 2] };
  });
}

test.each([false, true])('recovers the factor of scaled logits, multilabel: %s', (several) => {
  for (const times of [0.5, 1, 3]) {
    const found = fittedTemperature(drawn(4000, times, several), several);
    expect(found / times).toBeGreaterThan(0.92);
    expect(found / times).toBeLessThan(1.09);
  }
});

test('the fitted temperature has the lowest loss', () => {
  const texts = drawn(300, 2);
  const loss = (temperature: number) => texts.reduce((sum, text) => sum + natsOf(text, false, temperature), 0);
  const best = fittedTemperature(texts, false);
  for (const factor of [0.9, 0.99, 1.01, 1.1]) expect(loss(best)).toBeLessThanOrEqual(loss(best * factor));
});

test('the likelihood equals that of the probabilities bit for bit, and fitting yields to others', () => {
  for (const several of [false, true])
    for (const text of drawn(200, 3, several))
      for (const temperature of [1, 0.3, 7]) {
        const all = probabilitiesOf(text.scores, several, temperature);
        const each = several
          ? all.map((p, label) => -Math.log(Math.max(Number.MIN_VALUE, text.wanted.includes(label) ? p : 1 - p)))
          : Float64Array.of(-Math.log(Math.max(Number.MIN_VALUE, all[text.wanted[0]!]!)));
        expect(natsOf(text, several, temperature)).toBe(each.reduce((a, b) => a + b) / each.length);
      }
  const wide = drawn(60, 2).map(({ wanted }) => ({ wanted, scores: new Float64Array(5000).fill(-1) }));
  let pauses = 0;
  for (const work = fitting(wide, false); !work.next().done;) pauses++;
  // Two passes over 300,000 logits before the first step of the search, three pauses each.
  expect(pauses).toBeGreaterThan(60);
});

test('fits no temperature to few texts, and cross-fits each text on the others', () => {
  expect(fittedTemperature(drawn(MIN_TEXTS - 1, 3), false)).toBe(1);
  const texts = drawn(200, 2);
  const found = atOnce(crossFittedTemperatures(texts, false));
  expect(new Set(found).size).toBe(2);
  for (const temperature of new Set(found)) {
    const others = texts.filter((_, i) => found[i] !== temperature);
    expect(others.length).toBeGreaterThan(60);
    expect(fittedTemperature(others, false)).toBe(temperature);
  }
});

test('fits no temperature if all texts are right', () => {
  const easy = Array.from({ length: 60 }, (_, i) => ({ scores: i % 2 ? [1, -1] : [-1, 1], wanted: [i % 2 ? 0 : 1] }));
  expect(fittedTemperature(easy, false)).toBe(1);
  expect(fittedTemperature(easy, true)).toBe(1);
  const [first, ...others] = easy;
  const wrong = [{ scores: first!.scores, wanted: [0] }, ...others];
  expect(fittedTemperature(wrong, false)).toBeLessThan(1);
});
