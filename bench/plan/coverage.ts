/**
 * Coverage of the quality model on recorded runs: `node --import tsx bench/plan/coverage.ts FILE` prints, per run and in all,
 * whether the 80 % band of the plan holds the measured loss, and that of the forecast at a quarter, half and three quarters.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { forecastEnd } from '../../src/core/plan/forecast';
import { type Band, expectedLoss, isCovered } from '../../src/core/plan/quality';
import { circumstancesOf, lossOf, readRecorded, type Recorded, seenOf, unigramLossOf } from './recorded';

/** Shares of the steps after which a forecast is judged. */
export const FORECAST_AT = [0.25, 0.5, 0.75] as const;

export interface Covered {
  /** Whether the measured loss lies in the band. */
  isHeld: boolean;
  /** Expected over measured loss, minus 1. */
  off: number;
}

/** Whether the plan gives an estimate for a run. */
export const isEstimated = (run: Recorded): boolean => isCovered(circumstancesOf(run), 'adamw');

const judgedBy = (band: Band, loss: number): Covered => ({
  isHeld: band.low <= loss && loss <= band.high,
  off: band.value / loss - 1,
});

export function coverageOf(run: Recorded): { plan: Covered; forecasts: readonly Covered[] } {
  const [circumstances, unigramLoss, loss] = [circumstancesOf(run), unigramLossOf(run), lossOf(run)];
  const seen = seenOf(run);
  const forecasts = FORECAST_AT.flatMap((share) => {
    const last = seen.findLast(({ step }) => step <= share * circumstances.steps);
    // Outside of the scaling law's range, only the curve counts, as in a run (prospect.ts).
    const repeated = isEstimated(run) ? circumstances.repeated : undefined;
    return last ? [judgedBy(forecastEnd({ ...circumstances, repeated, unigramLoss }, last), loss)] : [];
  });
  return { plan: judgedBy(expectedLoss(circumstances, unigramLoss), loss), forecasts };
}

export function shareOf(all: readonly Covered[]): { held: number; near: number } {
  const share = (is: (one: Covered) => boolean): number => all.filter(is).length / all.length;
  return { held: share(({ isHeld }) => isHeld), near: share(({ off }) => Math.abs(off) <= 0.05) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const runs = readRecorded(process.argv[2] ?? fileURLToPath(new URL('tested.jsonl', import.meta.url)));
  const all = runs.map(coverageOf);
  for (const [i, { plan }] of all.entries()) {
    const { text, bytes, flags, facts } = runs[i]!;
    const words = `${String(flags['model'])} on ${text} (${bytes ?? facts.bytes} bytes), ${String(flags['steps'])} steps`;
    const state = !isEstimated(runs[i]!) ? ' n/a' : plan.isHeld ? 'held' : '  - ';
    console.log(`${state} ${(100 * plan.off).toFixed(1).padStart(6)} %  ${words}`);
  }
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const words = (name: string, of: readonly Covered[]): string => {
    const { held, near } = shareOf(of);
    return `${name}: ${percent(held)} of ${of.length} held, ${percent(near)} within 5 %`;
  };
  const covered = all.filter((_, i) => isEstimated(runs[i]!));
  console.log(
    words(
      'Plan',
      covered.map(({ plan }) => plan),
    ),
  );
  for (const [i, share] of FORECAST_AT.entries())
    console.log(
      words(
        `Forecast at ${percent(share)}`,
        all.flatMap(({ forecasts }) => forecasts[i] ?? []),
      ),
    );
}
