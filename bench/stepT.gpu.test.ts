import { expect, test } from 'vitest';
import { maxBytes } from './maxBytes';
import { benchStep, countedGpu, SHAPES } from './step';

/** 61 dispatches for a layer of the encoder and one of the decoder, as counted in models/t5/t5.gpu.test.ts. */
test('a training step of configuration T has fixed costs on any adapter', async () => {
  const device = await countedGpu();
  const report = await benchStep(SHAPES.T, 4, device);
  expect(report).toMatchObject({ submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.peakBytes).toBeLessThan(maxBytes(SHAPES.T));
  expect(report.losses[3]).toBeLessThan(report.losses[0]! - 0.3);
  const more = await benchStep({ ...SHAPES.T, layers: 3 }, 1, device);
  expect(more.dispatches - report.dispatches).toBe(61);
  expect(report.dispatches).toBe(2 * 61 + 19);
});
