import { rampStep, type RampStep } from '../../../ui';

/** Ramp step of a token's length: none for 1 byte, full for 8 bytes or more. */
export const lengthStep = (bytes: number): RampStep => rampStep((bytes - 1) / 7);

/** Ramp step of rarity: 0 for the most common entry. Logarithmic, since counts fall like 1 / rank. */
export const rarityStep = (count: number, max: number): RampStep =>
  rampStep(1 - Math.log1p(count) / Math.log1p(Math.max(1, max)));
