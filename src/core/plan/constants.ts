/** Constants of the quality model. Written by bench/plan/fit.ts from its recorded runs; a test holds the two together. */
export const CONSTANTS = {
  floor: 0.426,
  sizeShare: 0.165,
  tokenShare: 0.443,
  tokenPower: 0.358,
  vocabularyPower: 0.181,
  repetition: 1.37,
  repeats: 21.2,
  batch: 20000,
  rate: 0.00233,
  rateShare: 0.227,
  dropoutShare: 0.389,
  sizePower: 0.17,
  kinds: {
    gpt: {
      tokens: 1,
      rate: 1,
      floor: 1,
    },
    llama: {
      tokens: 0.957,
      rate: 1.4,
      floor: 0.878,
    },
    bert: {
      tokens: 0.939,
      rate: 0.986,
      floor: 1.77,
    },
    t5: {
      tokens: 1.44,
      rate: 0.282,
      floor: 0.678,
    },
  },
  spread: 0.073,
  curve: {
    noise: 0.6,
    decay: 5,
  },
} as const;
