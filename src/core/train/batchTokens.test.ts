import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldProblem } from '../base/field';
import { modelSpec } from '../models';
import { batchOfTokens } from './batchTokens';
import { memoryPlan } from './memory';
import { DEFAULT_RECIPE, RECIPE, tokensPerStep } from './recipe';

const model = {
  id: 'gpt',
  config: { layers: 4, heads: 4, width: 128, context: 64 },
  vocabulary: 2048,
} as const;

test('converts tokens to rows of the context, in one batch if it fits, else in the fewest equal micro-batches', () => {
  const of = (tokens: number, limits = {}) => batchOfTokens(tokens, model, DEFAULT_RECIPE, limits);
  expect(of(16_384)).toEqual({ batch: 256, accumulate: 1 });
  expect(of(1)).toEqual({ batch: 1, accumulate: 1 });
  expect(of(64 * 12 + 20)).toEqual({ batch: 12, accumulate: 1 });
  const bytes = (batch: number, accumulate: number): number =>
    memoryPlan(modelSpec('gpt'), model.config, model.vocabulary, { ...DEFAULT_RECIPE, batch, accumulate }).total;
  expect(of(16_384, { bound: bytes(64, 4) })).toEqual({ batch: 64, accumulate: 4 });
  expect(of(16_384, { bound: bytes(64, 4) - 1 })).toEqual({ batch: 32, accumulate: 8 });
  expect(of(16_384, { bound: 1 })).toEqual({ batch: 1, accumulate: 256 });
});

test('returns valid settings for any request, within half a row of it if so many rows are possible', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (tokens) => {
      const found = batchOfTokens(tokens, model, DEFAULT_RECIPE, {});
      expect(fieldProblem(RECIPE.batch, found.batch)).toBeNull();
      expect(fieldProblem(RECIPE.accumulate, found.accumulate)).toBeNull();
      const rows = Math.max(1, Math.round(tokens / 64));
      const isExact = found.batch * found.accumulate === rows;
      if (rows <= RECIPE.batch.max) expect(isExact).toBe(true);
      expect(Math.abs(tokensPerStep(found, 64) - Math.max(64, tokens))).toBeLessThanOrEqual(
        isExact ? 32 : 64 * found.accumulate,
      );
    }),
  );
});
