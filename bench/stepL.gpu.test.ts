import { expect, test } from 'vitest';
import { maxBytes } from './maxBytes';
import { benchStep, countedGpu, SHAPES } from './step';

/** 22 dispatches per layer, counted in nn/llamaLayer.gpu.test.ts, and 12 outside of layers. */
test('a training step of configuration L has fixed costs on any adapter', async () => {
  const report = await benchStep(SHAPES.L, 4, await countedGpu());
  expect(report).toMatchObject({ dispatches: 2 * 22 + 12, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(maxBytes(SHAPES.L));
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);
});
