import { describe, expect, test } from 'vitest';
import { bucketOf, rangesOf } from './relativeBuckets';

/** Positions where a new bucket begins, from -140 to 140, and the bucket: from modeling_t5.py in 32-bit floats. */
const BEGINS = [
  {
    bidirectional: true,
    places: [
      -140, -90, -63, -45, -31, -22, -15, -11, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32,
      46, 64, 91,
    ],
    buckets: [
      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    ],
  },
  {
    bidirectional: false,
    places: [
      -140, -112, -98, -86, -76, -66, -58, -51, -45, -39, -34, -30, -26, -23, -20, -18, -15, -14, -13, -12, -11, -10,
      -9, -8, -7, -6, -5, -4, -3, -2, -1, 0,
    ],
    buckets: Array.from({ length: 32 }, (_, i) => 31 - i),
  },
];
test.each(BEGINS)("buckets equal T5's, bidirectional: $bidirectional", ({ bidirectional, places, buckets }) => {
  const settings = { buckets: 32, maxDistance: 128, bidirectional };
  const all = Array.from({ length: 281 }, (_, i) => i - 140);
  const begins = all.filter((at, i) => i === 0 || bucketOf(at, settings) !== bucketOf(at - 1, settings));
  expect(begins).toEqual(places);
  expect(begins.map((at) => bucketOf(at, settings))).toEqual(buckets);
});

describe('by the formula in 32-bit floats, as PyTorch computes it', () => {
  const f = Math.fround;
  const inF32 = (distance: number, buckets: number, maxDistance: number): number => {
    const near = Math.floor(buckets / 2);
    const share = f(f(Math.log(f(distance / near))) / f(Math.log(maxDistance / near)));
    return distance < near ? distance : Math.min(near + Math.trunc(f(share * (buckets - near))), buckets - 1);
  };
  test.each([8, 10, 16, 24, 32, 64])('%i buckets', (buckets) => {
    for (const maxDistance of [64, 100, 128, 256, 1000]) {
      for (let distance = 0; distance < 1500; distance++) {
        const causal = { buckets, maxDistance, bidirectional: false };
        expect(bucketOf(-distance, causal)).toBe(inF32(distance, buckets, maxDistance));
        const both = { buckets: 2 * buckets, maxDistance, bidirectional: true };
        expect(bucketOf(-distance, both)).toBe(inF32(distance, buckets, maxDistance));
        expect(bucketOf(distance, both)).toBe(inF32(distance, buckets, maxDistance) + (distance > 0 ? buckets : 0));
      }
    }
  });
});

test('each position is in the range of only its bucket', () => {
  for (const bidirectional of [true, false]) {
    const buckets = { buckets: 32, maxDistance: 128, bidirectional };
    const ranges = rangesOf(buckets, 200);
    for (let place = -200; place <= 200; place++) {
      const holding = ranges.flatMap(({ first, last }, n) => (first <= place && place <= last ? [n] : []));
      expect(holding).toEqual([bucketOf(place, buckets)]);
    }
  }
});
