import { rampStep, type RampStep } from '../../../ui';

/** 1 byte is nothing, 8 bytes or more are full. */
export const lengthStep = (bytes: number): RampStep => rampStep((bytes - 1) / 7);

/** The most common entry is nothing, one that never occurs is full; by the logarithm, since counts fall like 1 / rank. */
export const rarityStep = (count: number, max: number): RampStep =>
  rampStep(1 - Math.log1p(count) / Math.log1p(Math.max(1, max)));
