/** Returns the warm-up of a run, in steps: as given, but at most a tenth of the steps. */
export const shortWarmup = (warmup: number, steps: number): number => Math.min(warmup, Math.floor(steps / 10));
