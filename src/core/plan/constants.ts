/** Constants of the quality model. Written by bench/plan/fit.ts from its recorded runs; a test holds the two together. */
export const CONSTANTS = {
  floor: 0.314,
  sizeShare: 0.164,
  tokenShare: 0.495,
  tokenPower: 0.212,
  vocabularyPower: 0.136,
  repetition: 1.51,
  repeats: 12.2,
  batch: 1550,
  rate: 0.00244,
  rateShare: 0.139,
  dropoutShare: 0.205,
  sizePower: 0.17,
  kinds: {
    gpt: {
      tokens: 1,
      rate: 1,
      floor: 1,
    },
    llama: {
      tokens: 0.93,
      rate: 1.01,
      floor: 0.928,
    },
    bert: {
      tokens: 0.929,
      rate: 1.04,
      floor: 2.1,
    },
    t5: {
      tokens: 1.11,
      rate: 0.568,
      floor: 1.37,
    },
  },
  spread: 0.066,
} as const;
