/** Of the law of losses. Written by bench/plan/fit.ts from bench/plan/runs.csv; a test holds the two together. */
export const CONSTANTS = {
  floor: 0.383,
  sizeShare: 0.125,
  tokenShare: 0.47,
  tokenPower: 0.267,
  vocabularyPower: 0.154,
  repetition: 1.35,
  repeats: 9.18,
  batch: 2270,
  rate: 0.00215,
  rateShare: 0.0667,
  dropoutShare: 0.175,
  sizePower: 0.17,
  spread: 0.0563,
} as const;
