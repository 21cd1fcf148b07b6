/** Number of generated cases of each property, scaled by one environment variable. */

/**
 * Cases of a property that states no number itself. `FAST_CHECK_RUNS` sets it: few in `npm test`, many in the full run.
 * 100 runs each property exactly as often as its test states.
 */
export const DEFAULT_RUNS = readRuns(process.env['FAST_CHECK_RUNS']);

/** Minimum number of cases of a property, unless its test states fewer. */
const MIN_RUNS = 10;

/** Scales the number of cases that a test states for `FAST_CHECK_RUNS=100`. */
export const propertyRuns = (stated: number): number =>
  Math.max(Math.min(stated, MIN_RUNS), Math.ceil((stated * DEFAULT_RUNS) / 100));

function readRuns(given: string | undefined): number {
  if (given === undefined) return 25;
  const runs = Number(given);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`FAST_CHECK_RUNS must be a positive integer, not “${given}”`);
  return runs;
}
