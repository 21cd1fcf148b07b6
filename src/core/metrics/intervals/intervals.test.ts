import { describe, expect, test } from 'vitest';
import { atOnce, withPauses } from '../../base/job';
import { normals, stream } from '../../base/rng';
import { quantile } from './bootstrap';
import { MIN_UNITS, intervals } from './interval';
import { normalBelow, student } from './student';
import { denseOf, folded, merged, sparseOf, summed } from './units';

const mean = { of: ([sum, n]: readonly number[]): number => sum! / n! };
const intervalOf = (rows: readonly (readonly number[])[], seed = 0) => atOnce(intervals(rows, [mean], seed))[0];

const SAMPLES = 200;
/** Share of samples whose interval contains the truth. @param draw units of a sample */
function held(truth: number, draw: (seed: number) => readonly (readonly number[])[]): number {
  let held = 0;
  for (let seed = 0; seed < SAMPLES; seed++) {
    const interval = intervalOf(draw(seed), seed);
    if (interval && interval.low <= truth && interval.high >= truth) held++;
  }
  return held / SAMPLES;
}

describe('a 95 % interval contains the truth in 90 to 99 of a hundred samples', () => {
  test.each([2, 3, 5, 9, 10, 20, 60])('of %i normal values', (n) => {
    const share = held(3, (seed) => [...normals(seed, 'sample', n)].map((x) => [3 + x, 1]));
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(share).toBeLessThanOrEqual(0.99);
  });

  // Like the losses of pieces of a text: numbers of tokens vary, and losses of tokens are exponentially distributed.
  test.each([2, 3, 5, 9, 10, 20])('of %i pieces of about thirty tokens', (n) => {
    const share = held(2, (seed) => {
      const at = stream(seed, 'tokens', 0);
      let drawn = 0;
      return Array.from({ length: n }, () => {
        const tokens = 20 + (at(drawn++) % 21);
        let nats = 0;
        for (let i = 0; i < tokens; i++) nats -= 2 * Math.log((at(drawn++) + 1) / 2 ** 32);
        return [nats, tokens];
      });
    });
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(share).toBeLessThanOrEqual(0.99);
  });
});

test('one unit or few equal ones have no interval; many equal ones have that of the value alone', () => {
  const alike = (n: number) => Array.from({ length: n }, () => [3, 1]);
  expect([intervalOf(alike(1)), intervalOf(alike(MIN_UNITS - 1))]).toEqual([undefined, undefined]);
  expect(intervalOf(alike(MIN_UNITS))).toEqual({ low: 3, high: 3 });
});

test('clips to bounds, and the interval of an exponential is the exponential of the mean\u2019s', () => {
  const rows = [
    [1, 1],
    [9, 1],
  ];
  const exponential = { of: ([sum, n]: readonly number[]) => Math.exp(sum! / n!), isExponential: true, min: 0 };
  const [plain, bounded, exp] = atOnce(intervals(rows, [mean, { ...mean, min: 0, max: 10 }, exponential], 0));
  expect(plain!.low).toBeCloseTo(5 - 12.7062 * 4, 3);
  expect(bounded).toEqual({ low: 0, high: 10 });
  expect([Math.log(exp!.low), Math.log(exp!.high)]).toEqual([0, expect.closeTo(5 + 12.7062 * 4, 3)]);
});

test('resamples match the enumeration of all possible ones', () => {
  const values = [0, 0, 1, 1, 2, 3, 5, 8, 13, 21];
  const all: [sum: number, ways: number][] = [];
  /** Collects the sum of each combination, and the number of its orders. */
  const go = (i: number, left: number, sum: number, ways: number): void => {
    if (i === values.length - 1) all.push([sum + left * values[i]!, ways]);
    else {
      let choose = 1;
      for (let own = 0; own <= left; own++) {
        go(i + 1, left - own, sum + own * values[i]!, ways * choose);
        choose = (choose * (left - own)) / (own + 1);
      }
    }
  };
  go(0, values.length, 0, 1);
  all.sort(([a], [b]) => a - b);
  const n = values.length;
  const below = normalBelow(-Math.sqrt(n / (n - 1)) * student(n - 1));
  const exact = (share: number): number => {
    let left = share * n ** n;
    return all.find(([, ways]) => (left -= ways) <= 0)![0] / n;
  };
  expect(all.reduce((sum, [, ways]) => sum + ways, 0)).toBe(n ** n);
  const { low, high } = intervalOf(values.map((x) => [x, 1]))!;
  // The 9th and the 992nd of a thousand resamples: between the exact 4th and 15th, and likewise at the top.
  expect(low).toBeGreaterThanOrEqual(exact(below / 2.2));
  expect(low).toBeLessThanOrEqual(exact(below * 1.8));
  expect(high).toBeLessThanOrEqual(exact(1 - below / 2.2));
  expect(high).toBeGreaterThanOrEqual(exact(1 - below * 1.8));
});

test.each([
  [1, 12.7062],
  [9, 2.262157],
  [10, 2.228139],
  [29, 2.04523],
  [1999, 1.961152],
])('Student\u2019s t of %i degrees of freedom', (freedom, t) => {
  expect(student(freedom)).toBeCloseTo(t, 3);
});
test('computes the cumulative normal distribution', () => {
  expect(normalBelow(-1.959964)).toBeCloseTo(0.025, 6);
  expect(normalBelow(-2.3844)).toBeCloseTo(0.008554, 5);
});

test('merges adjacent units beyond two thousand, with the same totals', () => {
  const rows = Array.from({ length: 20_001 }, (_, i) => [i, 1]);
  const some = denseOf(merged(sparseOf(rows)));
  expect(some.length).toBeLessThanOrEqual(2000);
  expect(some.length).toBeGreaterThan(1500);
  expect(summed(some)).toEqual(summed(rows));
  expect(some[0]).toEqual([45 + 10, 11]);
  expect(merged(sparseOf(rows.slice(0, 2000))).rows).toHaveLength(2000);
});

test('merges units with 0 in a column with the one before, or the one after at the beginning', () => {
  const rows = [[0, 1], [0, 2], [3, 4], [5, 6], [0, 7], [0, 8], [9, 10]]; // prettier-ignore
  expect(folded(rows, 0)).toEqual([[3, 7], [5, 21], [9, 10]]); // prettier-ignore
  expect(folded([[0, 1], [0, 2]], 0)).toEqual([[0, 3]]); // prettier-ignore
});

test('yields to others', async () => {
  let pauses = 0;
  const rows = Array.from({ length: 50 }, (_, i) => [i, 1]);
  const estimates = await withPauses(intervals(rows, [mean], 0), () => {
    pauses++;
    return Promise.resolve();
  });
  expect(estimates).toEqual([intervalOf(rows)]);
  expect(pauses).toBe(50);
});

test('draws nothing without a statistic', () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i, 1]);
  expect(intervals(rows, [], 0).next()).toEqual({ done: true, value: [] });
});

test('interpolates quantiles between adjacent values', () => {
  expect(quantile(Float64Array.of(1, 2, 4), 0.75)).toBe(3);
  expect(quantile(Float64Array.of(7), 0.975)).toBe(7);
});
