import { memoryLimits } from '../../src/core/train/device';
import type { MemoryLimits } from '../../src/core/train/memory';

/** Memory limits of the device. @param gigabytes a bound of the run; 0 for the device's own */
export const limitsWithin = (gigabytes: number): MemoryLimits => ({
  ...memoryLimits(),
  ...(gigabytes > 0 && { bound: 1e9 * gigabytes }),
});
