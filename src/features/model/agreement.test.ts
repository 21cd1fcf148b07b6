/** Plan, doctor and forecast share one quality model, so they can't disagree. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelSpec } from '../../core/models';
import { coveredQuality } from '../../core/plan/expected';
import { forecastEnd } from '../../core/plan/forecast';
import { makePlan } from '../../core/plan/plan';
import { MIN_TOKENS, QUALITY_KINDS, type QualityKind } from '../../core/plan/quality';
import { problems } from '../../core/train/problems';
import { propertyRuns } from '../../testing/propertyRuns';
import { recomputation } from '../../core/train/recomputation';
import { DEFAULT_RECIPE, tokensPerStep } from '../../core/train/recipe';
import type { DeviceInfo } from '../../protocol/gpu';
import { estimate } from '../../state/estimate';
import { diagnose, type Situation } from './doctor';

const device: DeviceInfo = {
  kind: 'wasm',
  name: 'CPU',
  software: false,
  features: [],
  gigaflops: 25,
  choices: ['wasm'],
};
/** Findings based on the quality model, or on the limits of a plan. */
const OF_THE_PLAN = /too often|learning rate|The plan should|context|Warm-up|evaluations?/i;

const configurations = fc.record({
  kind: fc.constantFrom(...(Object.keys(QUALITY_KINDS) as QualityKind[])),
  bytes: fc.double({ min: 3.5, max: 7.5, noNaN: true }).map((power) => Math.round(10 ** power)),
  repeated: fc.double({ min: 0, max: 0.6, noNaN: true }),
  gigaflops: fc.double({ min: 0.5, max: 3.5, noNaN: true }).map((power) => 10 ** power),
  minutes: fc.constantFrom(1, 3, 5, 15, 60),
  held: fc.constantFrom(0.05, 0.1, 0.2),
  size: fc.constantFrom(257, 1024, 4096),
});

test('the doctor finds nothing wrong with the plan, and the forecast starts from it', () => {
  fc.assert(
    fc.property(configurations, ({ kind, bytes, repeated, gigaflops, minutes, held, size }) => {
      const profile = {
        kind: 'bpe' as const,
        size,
        bytesPerToken: Math.log2(size) / 3.2,
        unigramBits: 13 / Math.log2(size),
      };
      const text = { bytes, repeated, trigramBits: 100, vocabularies: [profile] };
      const plan = makePlan({ text, held, device: { kind: 'wasm', gigaflops }, seconds: 60 * minutes, model: kind });
      const { model, cost, tokens } = plan;
      const recipe = { ...DEFAULT_RECIPE, ...plan.recipe, objective: QUALITY_KINDS[kind] };
      const run = {
        vocabulary: size,
        repeated,
        parameters: cost.ofLayers,
        unique: tokens,
        perStep: tokensPerStep(recipe, model.config.context),
        steps: recipe.steps,
        learningRate: recipe.learningRate,
        dropout: recipe.dropout,
      };
      const expected = coveredQuality(kind, recipe, run, profile);
      expect(plan.expected).toEqual(expected);
      expect(expected === undefined).toBe(repeated > 0.3 || run.perStep * run.steps < MIN_TOKENS);
      if (expected?.unit === 'bits per byte') {
        const forecast = forecastEnd({ ...run, kind, unigramLoss: profile.unigramBits });
        expect(forecast).toEqual({ value: expected.value, low: expected.low, high: expected.high });
      }
      const validation = (held * bytes) / profile.bytesPerToken;
      if (validation >= 128) expect(model.config.context).toBeGreaterThanOrEqual(64);
      const counted = { train: tokens, validation };
      const situation: Situation = {
        model,
        recipe,
        recomputation: recomputation(model, recipe, 'auto', {}),
        text: { ...counted, isCounted: false },
        validationShare: held,
        divergence: undefined,
        problems: problems(model, recipe, counted),
        inRows: undefined,
        leaks: undefined,
        missingRoles: [],
        estimate: { ...estimate(modelSpec(kind), model.config, size, recipe, device), seconds: plan.seconds },
        expected,
        plan,
        device,
      };
      const found = diagnose(situation).findings.filter(({ title }) => OF_THE_PLAN.test(title));
      expect(found.map(({ title, detail }) => `${title}: ${detail}`)).toEqual([]);
    }),
    { numRuns: propertyRuns(1000) },
  );
}, 600_000);
