/** Constants of the quality model. Written by bench/plan/fit.ts from its recorded runs; a test holds the two together. */
export const CONSTANTS = {
  floor: 0.404,
  sizeShare: 0.143,
  tokenShare: 0.453,
  tokenPower: 0.293,
  vocabularyPower: 0.116,
  repetition: 1.22,
  repeats: 31.6,
  copied: 21500,
  batch: 5000,
  rate: 0.00229,
  rateShare: 0.0987,
  dropoutShare: 0.367,
  sizePower: 0.17,
  kinds: {
    gpt: {
      tokens: 1,
      rate: 1,
      floor: 1,
    },
    llama: {
      tokens: 0.998,
      rate: 1,
      floor: 0.946,
    },
    bert: {
      tokens: 0.942,
      rate: 1,
      floor: 1.68,
    },
    t5: {
      tokens: 1.16,
      rate: 0.982,
      floor: 1.18,
    },
  },
  spread: 0.0645,
  curve: {
    noise: 0.3,
    decay: 3.5,
  },
} as const;
