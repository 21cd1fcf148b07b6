/** Of the law of losses. Written by bench/plan/fit.ts from bench/plan/runs.csv; a test holds the two together. */
export const CONSTANTS = {
  floor: 0.267,
  sizeShare: 0.0957,
  tokenShare: 0.569,
  tokenPower: 0.217,
  vocabularyPower: 0.126,
  repeats: 7.16,
  batch: 2840,
  rate: 0.00215,
  rateShare: 0.0557,
  dropoutShare: 0.136,
  sizePower: 0.17,
  spread: 0.0398,
} as const;
