import { beforeAll, expect, test } from 'vitest';
import { countParams } from '../src/core/models/spec';
import { benchStep, countedGpu, paramsOf, plannedBytes, SHAPES } from './step';

let device: Awaited<ReturnType<typeof countedGpu>>;
beforeAll(async () => {
  device = await countedGpu();
});

/** Dispatches of a full fine-tuning step of S, as in step.gpu.test.ts. */
const ALL_OF_S = 50;

test.each([
  ['S-input', 46, 1.05, 8.91e6],
  ['S-all', 72, 1.9, 10.75e6],
] as const)('cost of a LoRA step of %s', async (name, dispatches, max, bytes) => {
  const report = await benchStep(SHAPES[name], 4, device);
  expect(report).toMatchObject({ dispatches, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
  expect(report.dispatches).toBeLessThanOrEqual(max * ALL_OF_S);
  expect(report.plannedBytes).toBeLessThan(bytes);
  expect(report.losses[3]).toBeLessThan(report.losses[0]!);
});

test('a LoRA step of M saves more memory than the moments and gradients of frozen weights', async () => {
  const parts: number[] = [];
  for (const [name, dispatches, bytes] of [
    ['M-input', 122, 113e6],
    ['M-all', 200, 125.5e6],
  ] as const) {
    const report = await benchStep(SHAPES[name], 2, device);
    expect(report).toMatchObject({ dispatches, submits: 1, buffersPerStep: 0, bindGroupsPerStep: 0 });
    expect(report.peakBytes).toBeLessThan(bytes);
    expect(report.losses[1]).toBeLessThan(report.losses[0]!);
    parts.push(report.plannedBytes);
  }
  const trained = 12 * countParams(paramsOf(SHAPES.M));
  const whole = await plannedBytes(SHAPES.M);
  for (const bytes of parts) expect(whole - bytes).toBeGreaterThan(trained);
}, 240_000);
