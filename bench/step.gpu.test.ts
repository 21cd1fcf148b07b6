import { expect, test } from 'vitest';
import { maxBytes } from './maxBytes';
import { benchStep, countedGpu, profileStep, SHAPES } from './step';

test('a training step of configuration S has fixed costs on any adapter', async () => {
  const device = await countedGpu();
  const report = await benchStep(SHAPES.S, 4, device);
  expect(report).toMatchObject({ dispatches: 50, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(15.95e6);
  expect(report.peakBytes).toBeLessThan(maxBytes(SHAPES.S));
  expect(report.plannedBytes).toBeLessThanOrEqual(report.peakBytes);
  expect(report.plannedBytes).toBeGreaterThan(0.9 * report.peakBytes);
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);

  const kernels = await profileStep(SHAPES.S);
  expect(kernels.reduce((n, { runs }) => n + runs, 0)).toBe(report.dispatches);
  expect(kernels.every(({ ms }) => ms > 0)).toBe(true);
  expect(report.gpuMs).toBeGreaterThan(0);
});
