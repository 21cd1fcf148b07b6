import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { DEFAULT_RECIPE } from '../train/recipe';
import { costOf, expectedPace, type PlanDevice } from './pace';
import { buildSeconds, evaluationSeconds, type EvaluationWork } from './workTime';

const config = modelSpec('gpt').presets[0]!.config;
const MODEL = { id: 'gpt', config, vocabulary: 1024 } as const;
/** Number of generated tokens. */
const WRITTEN = 1024;
const DEVICE: PlanDevice = { kind: 'wasm', gigaflops: 40 };

test('an evaluation takes the time of its forward passes at the plan’s pace, plus vocabulary scores per token', () => {
  const cost = costOf(modelSpec('gpt'), config, 1024);
  const tokens = 64 * 8 * config.context;
  const seconds = (work: Partial<EvaluationWork>, device = DEVICE, vocabulary = 1024): number =>
    evaluationSeconds({ ...MODEL, vocabulary }, { objective: 'causal', tokens, written: WRITTEN, ...work }, device);
  const short = seconds({});
  const long = seconds({ tokens: 3 * tokens });
  // The difference is 128 passes of 8 windows, the same passes as in an evaluation during training.
  const pace = (evalTokens: number) =>
    expectedPace(cost, config.context, { ...DEFAULT_RECIPE, batch: 8, accumulate: 1, evalTokens }, DEVICE).evaluation;
  const scores = 2 * tokens * 1024 * 25e-9;
  expect(long - short).toBeCloseTo(pace(3 * tokens) - pace(tokens) + scores, 9);
  // Generating samples takes the same time for any text.
  expect(short).toBeGreaterThan((long - short) / 2);
  expect(seconds({ isStrided: true })).toBeCloseTo(long, 9);
  expect(seconds({}, { ...DEVICE, slowness: 2 })).toBeGreaterThan(1.5 * short);
  // N-gram models count the training text, unless their scores are stored.
  expect(seconds({ counted: 4_000_000 }) - short).toBeCloseTo(2, 9);
  // The processor computes scores and generates samples, so a slow one takes longer for both.
  expect(seconds({}, { ...DEVICE, gigaflops: 10 })).toBeGreaterThan(3.5 * short);
});

test('building tokens takes time in proportion to the text, at the measured rate of this machine if known', () => {
  expect(buildSeconds(2_400_000)).toBeCloseTo(2, 9);
  expect(buildSeconds(2_400_000, 300_000)).toBeCloseTo(8, 9);
});
