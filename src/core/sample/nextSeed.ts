/** @returns the seed of another text with the same prompt and settings; 0 follows the largest seed, 2³² − 1 */
export const nextSeed = (seed: number): number => (seed + 1) % 2 ** 32;
