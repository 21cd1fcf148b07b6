import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { DEFAULT_RECIPE } from '../train/recipe';
import { costOf, expectedPace, type PlanDevice } from './pace';
import { buildSeconds, evaluationSeconds, type EvaluationWork } from './workTime';

const config = modelSpec('gpt').presets[0]!.config;
const MODEL = { id: 'gpt', config, vocabulary: 1024 } as const;
/** Tokens. */
const WRITTEN = 1024;
const DEVICE: PlanDevice = { kind: 'wasm', gigaflops: 40 };

test('an evaluation takes its forward passes at the pace of the plan, and the scores of the vocabulary for each token', () => {
  const cost = costOf(modelSpec('gpt'), config, 1024);
  const tokens = 64 * 8 * config.context;
  const seconds = (work: Partial<EvaluationWork>, device = DEVICE, vocabulary = 1024): number =>
    evaluationSeconds({ ...MODEL, vocabulary }, { objective: 'causal', tokens, written: WRITTEN, ...work }, device);
  const short = seconds({});
  const long = seconds({ tokens: 3 * tokens });
  // What lies between the two is 128 passes of 8 windows; an evaluation while training has the same passes.
  const pace = (evalTokens: number) =>
    expectedPace(cost, config.context, { ...DEFAULT_RECIPE, batch: 8, accumulate: 1, evalTokens }, DEVICE).evaluation;
  const scores = 2 * tokens * 1024 * 25e-9;
  expect(long - short).toBeCloseTo(pace(3 * tokens) - pace(tokens) + scores, 9);
  // The texts that it writes take as long for any text.
  expect(short).toBeGreaterThan((long - short) / 2);
  expect(seconds({ isStrided: true })).toBeCloseTo(long, 9);
  expect(seconds({}, { ...DEVICE, slowness: 2 })).toBeGreaterThan(1.5 * short);
  // N-gram models count the training text, unless their scores are stored.
  expect(seconds({ counted: 4_000_000 }) - short).toBeCloseTo(2, 9);
  // Scores and written texts are work of the processor: a slow one takes longer for both.
  expect(seconds({}, { ...DEVICE, gigaflops: 10 })).toBeGreaterThan(3.5 * short);
});

test('building tokens takes a time in proportion to the text, by the speed of this machine where that is known', () => {
  expect(buildSeconds(2_400_000)).toBeCloseTo(2, 9);
  expect(buildSeconds(2_400_000, 300_000)).toBeCloseTo(8, 9);
});
