import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keptPlan, roomForLight, within } from './plan';

const MB = 1e6;

test('a run of 4,000 steps keeps 12 intermediate checkpoints with two bytes per weight', () => {
  const plan = keptPlan({ steps: 4000, parameters: 170_000, wholeBytes: 12 * 170_000, budget: 2 ** 29 });
  expect(plan.steps).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]);
  expect(plan.bytes).toBe(12 * 2 * 170_000);
  expect(plan.words).toBe('Intermediate checkpoints: 12, from step 1 to 2,048; weights only, 16 bits, 4.08 MB.');
});

test('drops the earliest first for a small budget, and keeps none if not one fits', () => {
  const of = (budget: number) => keptPlan({ steps: 100, parameters: MB, wholeBytes: 12 * MB, budget });
  expect(of(36 * MB + 5 * MB).steps).toEqual([32, 64]);
  expect(of(36 * MB + 2 * MB).words).toBe('Intermediate checkpoint: step 64; weights only, 16 bits, 2 MB.');
  expect(of(36 * MB + MB)).toMatchObject({
    steps: [],
    bytes: 0,
    words: expect.stringMatching(/^No intermediate/) as string,
  });
});

test('fills any budget without exceeding it', () => {
  const size = fc.integer({ min: 1, max: 1e9 });
  fc.assert(
    fc.property(size, size, size, fc.integer({ min: 0, max: 1e11 }), (steps, parameters, wholeBytes, budget) => {
      const plan = keptPlan({ steps, parameters, wholeBytes, budget });
      const room = roomForLight({ whole: wholeBytes, pinned: 0 }, budget);
      expect(plan.bytes).toBe(2 * parameters * plan.steps.length);
      expect(plan.bytes).toBeLessThanOrEqual(Math.max(0, room));
      expect(plan.steps.every((step) => step < steps && Number.isInteger(Math.log2(step)))).toBe(true);
      const [first = 2 ** Math.ceil(Math.log2(Math.max(1, steps)))] = plan.steps;
      if (first > 1) expect(plan.bytes + 2 * parameters).toBeGreaterThan(room);
    }),
  );
});

test('keeps the newest light steps that fit', () => {
  const light = [3, 1, 2].map((bytes) => ({ bytes }));
  expect([6, 5, 3, 2, 1, 0, -1].map((room) => within(room, light).length)).toEqual([3, 2, 2, 1, 0, 0, 0]);
});
