import { checkOverflow } from './overflow.mjs';

/**
 * Chooses tokens by their scores: the likeliest where the temperature is 0, else by chance among the likeliest that have
 * `topP` together. The same seed chooses the same.
 * @param {import('./api.mjs').Sampling} sampling
 * @returns {(scores: Float32Array) => number}
 * @throws {import('./errors.mjs').ApiError} 500 where scores overflow
 */
export function sampler({ temperature, topP, seed }) {
  const uniform = uniforms(seed);
  return (scores) => {
    checkOverflow(scores, scores.length);
    /** @param {number} id */
    const score = (id) => scores[id] ?? -Infinity;
    let best = 0;
    for (let id = 1; id < scores.length; id++) if (score(id) > score(best)) best = id;
    if (temperature === 0) return best;
    const order = Uint32Array.from(scores, (_, id) => id).sort((a, b) => score(b) - score(a) || a - b);
    const weights = Float64Array.from(order, (id) => Math.exp((score(id) - score(best)) / temperature));
    const most = topP * weights.reduce((sum, weight) => sum + weight, 0);
    let [kept, count] = [0, 0];
    while (count < weights.length && (count === 0 || kept < most)) kept += weights[count++] ?? 0;
    let left = uniform() * kept;
    for (let i = 0; i < count; i++) {
      left -= weights[i] ?? 0;
      if (left < 0) return order[i] ?? best;
    }
    return order[count - 1] ?? best;
  };
}

/** Numbers from 0 to 1: mulberry32. @param {number} seed */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
