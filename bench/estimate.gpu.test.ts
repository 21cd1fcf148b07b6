import { describe, expect, test } from 'vitest';
import { openGpu } from '../src/core/gpu/backend';
import { MODELS } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { DEVICES, M2 } from './devices';
import { estimate, estimateBefore } from './estimate';
import { SHAPES } from './step';
import { type Dispatched, tracedStep } from './tracedStep';

/** Traces each step once for all tests. */
const steps = new Map<keyof typeof SHAPES, Promise<Dispatched[]>>();
function step(config: keyof typeof SHAPES): Promise<Dispatched[]> {
  let traced = steps.get(config);
  if (!traced) steps.set(config, (traced = tracedStep(SHAPES[config])));
  return traced;
}
const sum = (all: readonly Dispatched[], of: 'flops' | 'words' | 'bytes') => all.reduce((n, work) => n + work[of], 0);

test.each([
  ['S', 50, 1_310_195_712, 346_718_208, 73_096_688],
  ['M', 126, 39_071_514_624, 10_677_387_264, 982_683_168],
  ['G', 340, 6_768_310_616_064, 1_866_193_698_816, 59_497_287_204],
] as const)('a step of %s has fixed work on any GPU', async (config, dispatches, flops, words, bytes) => {
  const all = await step(config);
  expect(all).toHaveLength(dispatches);
  expect([sum(all, 'flops'), sum(all, 'words'), sum(all, 'bytes')]).toEqual([flops, words, bytes]);
});

test.each(['S', 'M', 'G'] as const)(
  'the arithmetic of a step of %s follows the formula for transformers',
  async (name) => {
    const { vocabulary, batch, ...config } = SHAPES[name];
    const { context: T, width: C, layers: L } = config;
    const tokens = batch * T;
    const all = await step(name);
    const table = MODELS.gpt.params(config, vocabulary);
    const products = sum(
      all.filter(({ kernel }) => kernel.startsWith('product')),
      'flops',
    );
    const matrices = Object.entries(table).filter(([, { shape }]) => shape.length === 2);
    const multiplied = matrices.reduce((n, [, { shape }]) => n + shape[0]! * shape[1]!, 0) - T * C; // no lookups
    expect(products).toBe(6 * multiplied * tokens);
    // Forward, half of 4 T C per token and layer; backward, half of 14 T C, including 4 T C to recompute scores and products.
    const attention = 9 * L * T * C * tokens;
    const formula = 6 * countParams(table) * tokens + attention;
    expect(Math.abs(sum(all, 'flops') / formula - 1)).toBeLessThan(0.03);
  },
);

describe('on an M2', () => {
  test('estimates of the old kernels match the calibration times', async () => {
    expect(estimateBefore('M', await step('M')).ms).toBeCloseTo(104, 0);
    expect(estimateBefore('G', await step('G')).ms / 1000).toBeCloseTo(28, 0);
  });
  test('a step of M takes at most 60 ms, and a step of GPT-2 small 11 s', async () => {
    expect(estimate(M2, 'M', await step('M')).ms).toBeLessThan(60);
    expect(estimate(M2, 'G', await step('G')).ms).toBeLessThan(11_000);
  });
});

test('with LoRA, a step of M needs less work of each kind, and takes no longer on any GPU', async () => {
  const whole = await step('M');
  for (const [name, dispatches] of [
    ['M-input', 122],
    ['M-all', 200],
  ] as const) {
    const part = await step(name);
    expect(part).toHaveLength(dispatches);
    for (const of of ['flops', 'words', 'bytes'] as const)
      expect(sum(part, of), of).toBeLessThan(0.95 * sum(whole, of));
    for (const device of DEVICES) {
      expect(estimate(device, name, part).ms, device.name).toBeLessThan(estimate(device, 'M', whole).ms);
    }
  }
});

test('tracing leaves the adapter and its memory unchanged', async () => {
  const gpu = await openGpu();
  const before = { ...gpu.adapter, most: gpu.device.limits.maxStorageBufferBindingSize };
  await tracedStep(SHAPES.S);
  expect({ ...gpu.adapter, most: gpu.device.limits.maxStorageBufferBindingSize }).toEqual(before);
  const buffer = gpu.device.createBuffer({ size: 65_536, usage: GPUBufferUsage.COPY_DST });
  expect(buffer.size).toBe(65_536);
  buffer.destroy();
});
