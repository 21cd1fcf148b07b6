/**
 * Converts f32 to the bits of IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits). Rounds to nearest, ties to
 * even; overflow becomes infinity, underflow zero. Callers pass long tensors piece by piece.
 */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000;
    halves[i] = sign | magnitude(bits[i]! & 0x7fff_ffff);
  }
  return halves;
}

/** Number with these binary16 bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}

/** Converts the bits of an f32 >= 0. */
function magnitude(bits: number): number {
  if (bits > F32_INFINITY) return 0x7e00; // NaN
  if (bits >= TOO_LARGE) return 0x7c00;
  // The sum carries from the fraction into the exponent, and from 65,504 into infinity.
  if (bits >= MIN_NORMAL) return rounded(bits - REBIASED, 13);
  const shift = 126 - (bits >>> 23); // In units of 2^-24, the smallest half.
  return shift > 24 ? 0 : rounded((bits & 0x7f_ffff) | 0x80_0000, shift);
}

/** x / 2^shift, to nearest, ties to even. */
const rounded = (x: number, shift: number): number => (x + (1 << (shift - 1)) - 1 + ((x >> shift) & 1)) >> shift;

const F32_INFINITY = 0x7f80_0000;
/** 2^16. Values of 65,520 and above round to infinity. */
const TOO_LARGE = 0x4780_0000;
/** 2^-14 */
const MIN_NORMAL = 0x3880_0000;
/** Difference of the exponent biases: 127 in f32, 15 in binary16. */
const REBIASED = (127 - 15) << 23;
