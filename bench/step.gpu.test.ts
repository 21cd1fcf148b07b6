import { expect, test } from 'vitest';
import { benchStep, countedGpu, SHAPES } from './step';

test('what a training step of configuration S costs on any adapter', async () => {
  const device = await countedGpu();
  const report = await benchStep(SHAPES.S, 4, device);
  expect(report).toMatchObject({ dispatches: 63, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(17e6);
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);
});
