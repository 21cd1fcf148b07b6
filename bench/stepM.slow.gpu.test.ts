import { expect, test } from 'vitest';
import { maxBytes } from './maxBytes';
import { benchStep, countedGpu, SHAPES } from './step';

test('a training step of configuration M has fixed costs on any adapter', async () => {
  const report = await benchStep(SHAPES.M, 2, await countedGpu());
  expect(report).toMatchObject({ dispatches: 126, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(203e6);
  expect(report.peakBytes).toBeLessThan(maxBytes(SHAPES.M));
  expect(report.losses[1]).toBeLessThan(report.losses[0]!);
}, 240_000);
