import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHalf, toHalf } from './half';
import { propertyRuns } from '../../testing/propertyRuns';

/** Value of a half, by the definition. */
function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}
/** Values of all halves >= 0. 65,536 stands for infinity, as in the standard. */
const VALUES = [...Array.from({ length: 0x7c00 }, (_, half) => valueOf(half)), 65_536];

/** Bits of the half nearest to x >= 0, computed in f64; ties to even. */
function nearest(x: number): number {
  let [low, high] = [0, VALUES.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (VALUES[middle]! <= x) low = middle;
    else high = middle;
  }
  const [below, above] = [x - VALUES[low]!, VALUES[high]! - x];
  return below < above || (below === above && low % 2 === 0) ? low : high;
}
const one = (x: number): number => toHalf(Float32Array.of(x))[0]!;

test('every half survives a round trip, and NaN stays NaN', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, half) => half);
  const back = toHalf(Float32Array.from(all, valueOf));
  for (const half of all) {
    if (Number.isNaN(valueOf(half))) expect([valueOf(back[half]!), fromHalf(half)]).toEqual([NaN, NaN]);
    else if (back[half] !== half || !Object.is(fromHalf(half), valueOf(half))) expect(half).toBe('itself');
  }
});

test('a value rounds to the nearest half, ties to even, and f32 neighbors of a tie to their side', () => {
  const nudge = (x: number, by: number): number => {
    const bits = new Uint32Array(Float32Array.of(x).buffer);
    bits[0]! += by;
    return new Float32Array(bits.buffer)[0]!;
  };
  for (let half = 0; half < 0x7c00; half++) {
    const middle = (valueOf(half) + (half === 0x7bff ? 65_536 : valueOf(half + 1))) / 2;
    const got = [...toHalf(Float32Array.of(nudge(middle, -1), middle, nudge(middle, 1), -middle))];
    const even = half + (half % 2);
    expect(got).toEqual([half, even, half + 1, even | 0x8000]);
  }
});

test('rounds any f32 as the definition says', () => {
  const anyBits = fc.integer({ min: 0, max: 0x7f80_0000 });
  const near = fc.integer({ min: 0x3200_0000, max: 0x4790_0000 });
  fc.assert(
    fc.property(fc.oneof(anyBits, near), (bits) => {
      const [x] = new Float32Array(Uint32Array.of(bits).buffer);
      expect(one(x!)).toBe(x! >= 65_536 ? 0x7c00 : nearest(x!));
      expect(one(-x!)).toBe(one(x!) | 0x8000);
    }),
    { numRuns: propertyRuns(5000) },
  );
});

test('converts zeros, infinities, and a view into the middle of a buffer', () => {
  expect([...toHalf(Float32Array.of(0, -0, Infinity, -Infinity, 65_504, 65_519.99, 65_520, 1e38, 1e-45))]).toEqual([
    0, 0x8000, 0x7c00, 0xfc00, 0x7bff, 0x7bff, 0x7c00, 0x7c00, 0,
  ]);
  expect([...toHalf(Float32Array.of(9, 1, -2).subarray(1))]).toEqual([0x3c00, 0xc000]);
  expect(toHalf(new Float32Array())).toHaveLength(0);
});
