import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { DEFAULT_RECIPE } from '../train/recipe';
import { costOf, expectedPace, type PlanDevice } from './pace';
import { buildSeconds, evaluationSeconds } from './workTime';

const config = modelSpec('gpt').presets[0]!.config;
const MODEL = { id: 'gpt', config, vocabulary: 1024 } as const;
/** Tokens. */
const WRITTEN = 1024;
const DEVICE: PlanDevice = { kind: 'wasm', gigaflops: 40 };

test('an evaluation takes the time of its forward passes at the pace of the plan', () => {
  const cost = costOf(modelSpec('gpt'), config, 1024);
  const tokens = 64 * 8 * config.context;
  const short = evaluationSeconds(MODEL, tokens, WRITTEN, DEVICE);
  const long = evaluationSeconds(MODEL, 3 * tokens, WRITTEN, DEVICE);
  // What lies between the two is 128 passes of 8 windows; an evaluation while training has the same passes.
  const pace = (evalTokens: number) =>
    expectedPace(cost, config.context, { ...DEFAULT_RECIPE, batch: 8, accumulate: 1, evalTokens }, DEVICE).evaluation;
  expect(long - short).toBeCloseTo(pace(3 * tokens) - pace(tokens), 9);
  // The texts that it writes take as long for any text.
  expect(short).toBeGreaterThan((long - short) / 2);
  expect(evaluationSeconds(MODEL, tokens, WRITTEN, DEVICE, true)).toBeCloseTo(long, 9);
  expect(evaluationSeconds(MODEL, tokens, WRITTEN, { ...DEVICE, slowness: 2 })).toBeCloseTo(2 * short, 9);
});

test('building tokens takes a time in proportion to the text, by the speed of this machine where that is known', () => {
  expect(buildSeconds(2_400_000)).toBeCloseTo(2, 9);
  expect(buildSeconds(2_400_000, 300_000)).toBeCloseTo(8, 9);
});
