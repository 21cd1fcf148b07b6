/**
 * Counter-based randomness: `(seed, purpose, step, index) -> bits`, with no state to save. Resume is exact because
 * asking for the same numbers again gives the same numbers. Streams differ in seed, purpose and step; within one, index
 * is a bijection of the 32-bit integers. The mixer is lowbias32 (C. Wellons, "Prospecting for hash functions", 2018),
 * which is exact in WGSL's u32: `RNG_WGSL` is the same generator on the GPU.
 */
export const bits = (seed: number, purpose: string, step: number, index: number): number =>
  stream(seed, purpose, step)(index);

/** Same as `bits`, but in [0, 1) with 24 bits, which f32 holds exactly. */
export const uniform = (seed: number, purpose: string, step: number, index: number): number =>
  (bits(seed, purpose, step, index) >>> 8) / 2 ** 24;

/** Same as `bits`, with all but the index fixed, for loops. */
export function stream(seed: number, purpose: string, step: number): (index: number) => number {
  const [k0, k1] = streamKey(seed, purpose, step);
  return (index) => mix((mix(index ^ k0) + k1) | 0) >>> 0;
}

/** Returns `n` standard normal numbers (Box-Muller). */
export function normals(seed: number, purpose: string, n: number): Float32Array {
  const at = stream(seed, purpose, 0);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((at(i) + 1) / 2 ** 32));
    const angle = (2 * Math.PI * at(i + 1)) / 2 ** 32;
    values[i] = radius * Math.cos(angle);
    if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Returns `n` numbers that are 1 with probability `keep` and 0 otherwise: element i is `uniform(..., i) < keep`. */
export function bernoulli(seed: number, purpose: string, step: number, n: number, keep: number): Float32Array {
  const [k0, k1] = streamKey(seed, purpose, step);
  const limit = Math.ceil(keep * 2 ** 24);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) values[i] = mix((mix(i ^ k0) + k1) | 0) >>> 8 < limit ? 1 : 0;
  return values;
}

/** Hashes a purpose to a number: FNV-1a of its UTF-16 code units. */
export function purposeId(purpose: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** 64-bit key of a stream. Each half mixes all three numbers, in a different order. */
function streamKey(seed: number, purpose: string, step: number): readonly [number, number] {
  const id = purposeId(purpose);
  return [mix3(seed ^ 0x9e3779b9, id, step), mix3(step ^ 0x85ebca6b, id, seed)];
}

/** WGSL version of `bits`: call `rng_key(seed, purposeId, step)` once per invocation, then `rng_bits(key, index)`. */
export const RNG_WGSL = /* wgsl */ `
fn rng_mix(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn rng_key(seed: u32, purpose: u32, step: u32) -> vec2u {
  return vec2u(
    rng_mix(rng_mix(rng_mix(seed ^ 0x9e3779b9u) + purpose) + step),
    rng_mix(rng_mix(rng_mix(step ^ 0x85ebca6bu) + purpose) + seed));
}
fn rng_bits(key: vec2u, index: u32) -> u32 { return rng_mix(rng_mix(index ^ key.x) + key.y); }
`;

const mix3 = (a: number, b: number, c: number): number => mix((mix((mix(a) + b) | 0) + c) | 0);

function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
