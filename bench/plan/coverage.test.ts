import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Covered, coverageOf, FORECAST_AT, isEstimated, shareOf } from './coverage';
import { readRecorded } from './recorded';

const heldOut = readRecorded(fileURLToPath(new URL('heldOut.jsonl', import.meta.url)));
const fitted = readRecorded(fileURLToPath(new URL('recorded.jsonl', import.meta.url)));

test('no held-out text was fitted on', () => {
  const texts = new Set(fitted.map(({ text }) => text));
  expect(heldOut.filter(({ text }) => texts.has(text))).toEqual([]);
  expect(fitted.length).toBeLessThanOrEqual(60);
});

test('80 % bands of plans hold runs on texts that were not fitted on', () => {
  const plans = heldOut.filter(isEstimated).map((run) => coverageOf(run).plan);
  expect(plans.length).toBeGreaterThanOrEqual(19);
  const { held, near } = shareOf(plans);
  expect(held).toBeGreaterThanOrEqual(0.8);
  expect(near).toBeGreaterThanOrEqual(0.5);
});

test('80 % bands of forecasts hold them too, and get closer as a run goes on', () => {
  const at = FORECAST_AT.map((_, i) =>
    shareOf(heldOut.map((run) => coverageOf(run).forecasts[i]).filter((one): one is Covered => one !== undefined)),
  );
  for (const { held } of at) {
    expect(held).toBeGreaterThanOrEqual(0.7);
    expect(held).toBeLessThanOrEqual(0.92);
  }
  expect(at[2]!.near).toBeGreaterThan(at[0]!.near);
  expect(at[2]!.near).toBeGreaterThanOrEqual(0.8);
});
