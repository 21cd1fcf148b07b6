import { expect, test } from 'vitest';
import { maxBytes } from './maxBytes';
import { benchStep, countedGpu, SHAPES } from './step';

/** 21 dispatches per layer: 7 forward, 12 backward, and two sums of the gradients of a stream and its branch. */
test('a training step of configuration B has fixed costs on any adapter', async () => {
  const device = await countedGpu();
  const report = await benchStep(SHAPES.B, 4, device);
  expect(report).toMatchObject({ dispatches: 2 * 21 + 24, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(maxBytes(SHAPES.B));
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);
  expect((await benchStep({ ...SHAPES.B, layers: 3 }, 1, device)).dispatches).toBe(3 * 21 + 24);
});
