import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Covered, coverageOf, FORECAST_AT, isEstimated, shareOf } from './coverage';
import { readRecorded, type Recorded } from './recorded';

const read = (name: string) => readRecorded(fileURLToPath(new URL(name, import.meta.url)));
const fitted = read('recorded.jsonl');
/** `heldOut` sets the spread; `tested` sets nothing. */
const files = { heldOut: read('heldOut.jsonl'), tested: read('tested.jsonl') };

test('no text of one file is in another', () => {
  const names = [fitted, files.heldOut, files.tested].map((runs) => [...new Set(runs.map(({ text }) => text))]);
  expect(new Set(names.flat()).size).toBe(names.flat().length);
  expect(fitted.length).toBeLessThanOrEqual(60);
});

const plans = (runs: readonly Recorded[]) => runs.filter(isEstimated).map((run) => coverageOf(run).plan);
const forecasts = (runs: readonly Recorded[], i: number) =>
  runs.map((run) => coverageOf(run).forecasts[i]).filter((one): one is Covered => one !== undefined);

test.each(['heldOut', 'tested'] as const)(
  '80 %% bands of plans and forecasts hold at least 70 %% of the runs in %s',
  (name) => {
    const runs = files[name];
    for (const all of [plans(runs), ...FORECAST_AT.map((_share, i) => forecasts(runs, i))])
      expect(shareOf(all).held).toBeGreaterThanOrEqual(0.7);
  },
);

test('the bands hold at most 92 % of these runs, and forecasts improve as a run progresses', () => {
  const runs = Object.values(files).flat();
  const at = FORECAST_AT.map((_share, i) => shareOf(forecasts(runs, i)));
  for (const { held } of [shareOf(plans(runs)), ...at]) expect(held).toBeLessThanOrEqual(0.92);
  expect(shareOf(plans(runs)).near).toBeGreaterThanOrEqual(0.4);
  expect(at[1]!.near).toBeGreaterThan(at[0]!.near);
  expect(at[2]!.near).toBeGreaterThan(at[1]!.near);
  expect(at[2]!.near).toBeGreaterThanOrEqual(0.8);
});
