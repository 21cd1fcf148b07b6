import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecastEnd, forecastPath, type Prospect, stepReaching } from './forecast';
import { expectedLoss } from './quality';

const prospects = fc.record({
  kind: fc.constantFrom('gpt' as const, 'llama' as const, 'bert' as const, 't5' as const),
  vocabulary: fc.integer({ min: 257, max: 8192 }),
  repeated: fc.double({ min: 0, max: 0.3, noNaN: true }),
  parameters: fc.double({ min: 1e4, max: 1e8, noNaN: true }),
  unique: fc.integer({ min: 5000, max: 5_000_000 }),
  perStep: fc.integer({ min: 128, max: 32_768 }),
  steps: fc.integer({ min: 20, max: 20_000 }),
  learningRate: fc.double({ min: 1e-4, max: 1e-2, noNaN: true }),
  dropout: fc.constantFrom(0, 0.1, 0.2),
  unigramLoss: fc.double({ min: 1, max: 8, noNaN: true }),
});
const novel: Prospect = {
  kind: 'gpt',
  vocabulary: 2048,
  repeated: 0.02,
  parameters: 98_304,
  unique: 330_000,
  perStep: 512,
  steps: 1000,
  learningRate: 0.0023,
  dropout: 0,
  unigramLoss: 6.2,
};

test('before the first evaluation the forecast equals the estimate of plan and doctor', () => {
  fc.assert(
    fc.property(prospects, (prospect) => {
      expect(forecastEnd(prospect)).toEqual(expectedLoss(prospect, prospect.unigramLoss));
    }),
  );
});

test('the band narrows as a run progresses, and follows the curve', () => {
  const better = [100, 300, 600, 900].map((step) => forecastEnd(novel, { step, loss: 3.2 }));
  const widths = better.map(({ low, high }) => Math.log(high / low));
  for (const [i, width] of widths.slice(1).entries()) expect(width).toBeLessThan(widths[i]!);
  expect(better.at(-1)!.value).toBeCloseTo(3.2, 1);
  const prior = forecastEnd(novel).value;
  expect(forecastEnd(novel, { step: 500, loss: 6.1 }).value).toBeGreaterThan(prior);
  expect(forecastEnd(novel, { step: 500, loss: 3.4 }).value).toBeLessThan(prior);
});

test('the curve has more weight if the repetition of the text is unknown', () => {
  const seen = { step: 300, loss: 3 };
  const [known, unknown] = [novel, { ...novel, repeated: undefined }].map((prospect) => forecastEnd(prospect, seen));
  expect(unknown!.high / unknown!.low).toBeGreaterThan(known!.high / known!.low);
  expect(unknown!.value).toBeLessThan(known!.value);
});

test('a path starts at the evaluation and ends at the final band', () => {
  fc.assert(
    fc.property(prospects, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (prospect, share) => {
      const seen = { step: Math.max(1, Math.floor(share * prospect.steps)), loss: 0.7 * prospect.unigramLoss };
      const path = forecastPath(prospect, seen);
      const [first, last] = [path[0]!, path.at(-1)!];
      expect(first.step).toBe(seen.step);
      expect(first.value).toBeCloseTo(seen.loss, 9);
      expect(first.low).toBeCloseTo(first.high, 9);
      const end = forecastEnd(prospect, seen);
      expect(last.step).toBeCloseTo(prospect.steps, 6);
      for (const name of ['value', 'low', 'high'] as const) expect(last[name] / end[name]).toBeCloseTo(1, 9);
    }),
  );
});

test('a target is reached at the first step of the path below it, or not at all', () => {
  const path = forecastPath(novel, { step: 200, loss: 4.8 });
  const target = (path[0]!.value + path.at(-1)!.value) / 2;
  const step = stepReaching(path, target)!;
  expect(step).toBeGreaterThan(200);
  expect(step).toBeLessThan(1000);
  expect(stepReaching(path, 0.5 * path.at(-1)!.value)).toBeUndefined();
});
