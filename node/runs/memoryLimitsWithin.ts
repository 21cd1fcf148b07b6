import { memoryLimits } from '../../src/core/train/device';
import type { MemoryLimits } from '../../src/core/train/memory';

/** Returns the device's memory limits. @param gigabytes additional limit of the total, set by the user; 0 sets none */
export const memoryLimitsWithin = (gigabytes: number): MemoryLimits => ({
  ...memoryLimits(),
  ...(gigabytes > 0 && { bound: 1e9 * gigabytes }),
});
