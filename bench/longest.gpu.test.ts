import { expect, test } from 'vitest';
import { MAX_DISPATCH_MS } from '../src/core/gpu/backend';
import { plan } from '../src/core/gpu/plan';
import { MAX_SUBMIT_MS } from '../src/core/gpu/program';
import { inSubmits } from '../src/core/gpu/replay';
import { type Shape, SHAPES } from './step';
import { withTrace } from './tracedStep';

/** Longest expected dispatch of a step on a slow GPU, and the longest submit before anything is measured. */
const longest = (shape: Shape, longestMs?: number) =>
  withTrace(
    shape,
    (traced, { device }) => {
      const { commands } = plan(device, traced);
      const parts = inSubmits(commands, MAX_SUBMIT_MS);
      const ofPart = parts.map(({ segments }) => segments.flat().reduce((ms, command) => ms + command.expectedMs, 0));
      return {
        dispatches: commands.length,
        dispatch: Math.max(...commands.map(({ expectedMs }) => expectedMs)),
        submits: parts.length,
        submit: Math.max(...ofPart),
        all: ofPart.reduce((a, b) => a + b),
      };
    },
    longestMs,
  );

test('on a slow GPU, dispatches of GPT-2 small take at most 100 ms, and submits of its first step 200 ms', async () => {
  const step = await longest(SHAPES.G);
  expect(step.dispatches).toBe(340);
  expect(step.dispatch).toBeGreaterThan(50);
  expect(step.dispatch).toBeLessThanOrEqual(MAX_DISPATCH_MS);
  expect(step.submit).toBeLessThanOrEqual(MAX_SUBMIT_MS);
  expect(step.all).toBeGreaterThan(6800); // the step has 6.8 TFLOP
  expect(step.submits).toBeLessThan(1.5 * (step.all / MAX_SUBMIT_MS));
});

test('longer dispatches of a four times larger batch are split into ranges', async () => {
  const large = { ...SHAPES.G, batch: 32 };
  const whole = await longest(large, Infinity);
  expect(whole.dispatch).toBeGreaterThan(150);
  const step = await longest(large);
  expect(step.dispatches).toBeGreaterThan(whole.dispatches);
  expect(step.dispatch).toBeLessThanOrEqual(MAX_DISPATCH_MS);
  expect(step.submit).toBeLessThanOrEqual(MAX_SUBMIT_MS);
  expect(step.all / whole.all).toBeCloseTo(1, 6); // ranges add no work
});

test.each(['S', 'M'] as const)('the first step of %s is one submit on a slow GPU', async (name) => {
  expect(await longest(SHAPES[name])).toMatchObject({ submits: 1 });
});
