import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectClose, floats } from '../testing/checkOp';
import { HARDWARE, pretend } from '../testing/pretend';
import { GLOBAL_NORM } from './globalNorm';
import { MUON } from './muon';

/** Some share a shape, also with a part of another; wide, tall and square; sizes that divide nothing, and some that do. */
const WEIGHTS = [
  { rows: 20, widths: [20, 20, 20] },
  { rows: 9, widths: [13, 4] },
  { rows: 20, widths: [20] },
] as const;

async function after(implementation: 'reference' | 'webgpu', clip: number): Promise<number[]> {
  const shapes = WEIGHTS.map(({ rows, widths }): [number, number] => [rows, widths.reduce((a, b) => a + b, 0)]);
  const made = (scale: number, phase: number) =>
    shapes.map((shape, i) => tf.variable(tf.tensor2d(floats(shape, scale, phase + i).data, shape)));
  const [parameters, moments] = [made(1, 0), made(0, 0)];
  for (const step of [1, 2, 3]) {
    const gradients = shapes.map((shape, i) => tf.tensor2d(floats(shape, 0.3, 10 * step + i).data, shape));
    const slots = WEIGHTS.map(({ widths }, i) => {
      return { parameter: parameters[i]!, gradient: gradients[i]!, m: moments[i]!, widths, decay: i % 2 === 1 };
    });
    const norm = GLOBAL_NORM[implementation]!(gradients);
    MUON[implementation]!(slots, tf.tensor1d([0.1, 7]), norm, { momentum: 0.9, weightDecay: 0.1, clip });
  }
  const values = await Promise.all([...parameters, ...moments].map((variable) => variable.data<'float32'>()));
  return values.flatMap((array) => [...array]);
}

test.each([0, 1])('three steps are the reference’s, and the same bits every time; clipped at %s', async (clip) => {
  await tf.setBackend('cpu');
  const want = await after('reference', clip);
  const gpu = await openGpu();
  const got = await after('webgpu', clip);
  gpu.check();
  expectClose(got, want, 1e-4, 'weights and moments');
  expect(await after('webgpu', clip)).toEqual(got);
  if (clip === 0) return;
  const pretending = pretend(gpu, HARDWARE);
  try {
    expectClose(await after('webgpu', clip), want, 1e-4, 'with the kernels that a real GPU gets');
  } finally {
    pretending.undo();
  }
});
