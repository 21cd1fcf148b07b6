import { expect, test } from 'vitest';
import { modelSpec } from '../src/core/models';
import { sizeOf } from '../src/core/models/spec';
import { benchStep, countedGpu, profileStep, type Shape, SHAPES } from './step';

/** What a step may take: weights, gradients and both moments; activations; one block of logits. */
function bound({ vocabulary: V, batch, context: T, width: C, layers: L, heads }: Shape): number {
  const table = modelSpec('gpt').params({ layers: L, width: C, heads, context: T }, V);
  const parameters = Object.values(table).reduce((n, { shape }) => n + sizeOf(shape), 0);
  return 1.15 * (16 * parameters + 4 * batch * T * (18 * C * L + 4 * C) + 4 * batch * T * V);
}

test('what a training step of configuration S costs on any adapter', async () => {
  const device = await countedGpu();
  const report = await benchStep(SHAPES.S, 4, device);
  expect(report).toMatchObject({ dispatches: 52, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(17e6);
  expect(report.peakBytes).toBeLessThan(bound(SHAPES.S));
  expect(report.plannedBytes).toBeLessThanOrEqual(report.peakBytes);
  expect(report.plannedBytes).toBeGreaterThan(0.9 * report.peakBytes);
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);

  const kernels = await profileStep(SHAPES.S);
  expect(kernels.reduce((n, { runs }) => n + runs, 0)).toBe(report.dispatches);
  expect(kernels.every(({ ms }) => ms > 0)).toBe(true);
  expect(report.gpuMs).toBeGreaterThan(0);
});
