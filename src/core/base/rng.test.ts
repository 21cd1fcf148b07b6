import { describe, expect, it } from 'vitest';
import { bernoulli, bits, normals, purposeId, stream, uniform } from './rng';

const mean = (xs: Iterable<number>): number => {
  let sum = 0;
  let n = 0;
  for (const x of xs) {
    sum += x;
    n++;
  }
  return sum / n;
};

describe('bits', () => {
  it('never changes, because stored runs depend on these numbers', () => {
    expect([0, 1, 2, 4_294_967_295].map((i) => bits(1, 'dropout', 0, i))).toEqual([
      1_582_631_386, 2_398_305_026, 4_021_895_853, 2_882_050_127,
    ]);
    expect(bits(1, 'dropout', 1, 0)).toBe(1_493_220_928);
    expect(purposeId('dropout')).toBe(0x2738a690);
  });

  it('is uniform in every bit and every byte', () => {
    const n = 1 << 18;
    const at = stream(7, 'test', 3);
    const ones = new Array<number>(32).fill(0);
    const bytes = new Float64Array(256);
    for (let i = 0; i < n; i++) {
      const x = at(i);
      for (let b = 0; b < 32; b++) ones[b]! += (x >>> b) & 1;
      for (let b = 0; b < 32; b += 8) bytes[(x >>> b) & 255]! += 1;
    }
    // 5 standard deviations of a fair coin.
    for (const count of ones) expect(Math.abs(count - n / 2)).toBeLessThan(2.5 * Math.sqrt(n));
    const expected = (4 * n) / 256;
    const chiSquared = bytes.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(255 + 5 * Math.sqrt(2 * 255));
  });

  it('flips half of its bits when any one bit of any input flips', () => {
    const flips = (f: (bit: number, i: number) => number): number =>
      mean(
        Array.from({ length: 32 }, (_, bit) =>
          mean(Array.from({ length: 300 }, (_, i) => popCount(f(-1, i) ^ f(bit, i)))),
        ),
      );
    const flip = (x: number, bit: number): number => (bit < 0 ? x : (x ^ (1 << bit)) >>> 0);
    expect(flips((bit, i) => bits(flip(i, bit), 'p', 5, 9))).toBeCloseTo(16, 0);
    expect(flips((bit, i) => bits(1, 'p', flip(i, bit), 9))).toBeCloseTo(16, 0);
    expect(flips((bit, i) => bits(1, 'p', 5, flip(i, bit)))).toBeCloseTo(16, 0);
  });

  it('is uncorrelated across steps, seeds, purposes and neighbors', () => {
    const n = 100_000;
    const pairs: [string, (i: number) => number, (i: number) => number][] = [
      ['steps', (i) => uniform(1, 'a', 0, i), (i) => uniform(1, 'a', 1, i)],
      ['seeds', (i) => uniform(1, 'a', 0, i), (i) => uniform(2, 'a', 0, i)],
      ['purposes', (i) => uniform(1, 'a', 0, i), (i) => uniform(1, 'b', 0, i)],
      ['neighbours', (i) => uniform(1, 'a', 0, i), (i) => uniform(1, 'a', 0, i + 1)],
      ['the same index of successive steps', (i) => uniform(1, 'a', i, 0), (i) => uniform(1, 'a', i + 1, 0)],
    ];
    for (const [name, f, g] of pairs) {
      let covariance = 0;
      for (let i = 0; i < n; i++) covariance += (f(i) - 0.5) * (g(i) - 0.5);
      expect(Math.abs((covariance / n) * 12), name).toBeLessThan(5 / Math.sqrt(n));
    }
  });
});

it('uniform stays below 1 and is exact in f32', () => {
  for (let i = 0; i < 10_000; i++) {
    const u = uniform(3, 'u', 0, i);
    expect(u >= 0 && u < 1 && Math.fround(u) === u).toBe(true);
  }
});

it('normals have the moments of a standard normal, for odd lengths too', () => {
  const xs = normals(1, 'wte.weight', 200_001);
  expect(xs).toHaveLength(200_001);
  expect(xs.every(Number.isFinite)).toBe(true);
  expect(mean(xs)).toBeCloseTo(0, 1.9);
  expect(mean(xs.map((x) => x * x))).toBeCloseTo(1, 1.9);
  expect(mean(xs.map((x) => x ** 4))).toBeCloseTo(3, 1);
  expect(normals(1, 'wte.weight', 10)).toEqual(xs.slice(0, 10));
  expect(normals(2, 'wte.weight', 10)).not.toEqual(xs.slice(0, 10));
});

it('bernoulli is `uniform < keep`', () => {
  const keep = 0.9;
  const mask = bernoulli(5, 'dropout', 8, 100_000, keep);
  for (let i = 0; i < 1000; i++) expect(mask[i]).toBe(uniform(5, 'dropout', 8, i) < keep ? 1 : 0);
  expect(Math.abs(mean(mask) - keep)).toBeLessThan((5 * 0.3) / Math.sqrt(100_000));
  expect(mean(bernoulli(5, 'dropout', 8, 1000, 1))).toBe(1);
  expect(mean(bernoulli(5, 'dropout', 8, 1000, 0))).toBe(0);
});

function popCount(x: number): number {
  let n = 0;
  for (; x !== 0; x &= x - 1) n++;
  return n;
}
