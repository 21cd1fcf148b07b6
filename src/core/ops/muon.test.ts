import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, floats } from '../../testing/checkOp';
import { muonInF64, orthogonalInF64 } from '../../testing/muon';
import { HOST_BACKENDS } from '../../testing/wasm';
import { MUON } from './muon';
import { newtonSchulz } from './newtonSchulz';
import { openGpu } from '../gpu/backend';
import { HARDWARE, pretend } from '../../testing/pretend';
import { GLOBAL_NORM } from './globalNorm';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const SHAPES = [
    [5, 13],
    [13, 5],
    [9, 9],
    [1, 7],
    [40, 33],
  ] as const;

  describe.each(HOST_BACKENDS)('on %s', (_, use) => {
    beforeAll(async () => {
      await use();
    });

    test.each(SHAPES)('Newton-Schulz of [%i, %i] matches its source and is nearly orthogonal', (rows, columns) => {
      const u = floats([rows, columns], 3, rows);
      const got = tf.tidy(() => newtonSchulz(tf.tensor2d(u.data, [rows, columns])).dataSync<'float32'>());
      expectClose(got, orthogonalInF64(u.data, rows, columns).flat(), 2e-4, 'orthogonal');
      // Its singular values are around 1, and so is the mean of their squares.
      const squares = got.reduce((sum, x) => sum + x * x, 0) / Math.min(rows, columns);
      expect(squares).toBeGreaterThan(0.4);
      expect(squares).toBeLessThan(1.4);
    });

    test('zeros stay zeros', () => {
      expect([...tf.tidy(() => newtonSchulz(tf.zeros<tf.Rank.R2>([3, 4])).dataSync())]).toEqual(Array(12).fill(0));
    });

    test('three steps match the formula, with joined matrices each on its own, clipped or not', () => {
      const before = tf.memory().numTensors;
      for (const { widths, rows } of [
        { rows: 6, widths: [6, 6, 6] },
        { rows: 7, widths: [9, 4] },
        { rows: 11, widths: [5] },
      ]) {
        const shape = [rows, widths.reduce((a, b) => a + b, 0)] as [number, number];
        const start = floats(shape, 1, 3).data;
        for (const change of [{}, { clip: 0 }, { weightDecay: 0 }]) {
          const settings = { momentum: 0.9, weightDecay: 0.1, clip: 0.5, ...change };
          const gradients = [1, 2, 3].map((step) => floats(shape, 0.3, 10 * step).data);
          const [parameter, m] = [start, new Float32Array(start.length)].map((data) =>
            tf.tidy(() => tf.variable(tf.tensor2d(data, shape))),
          ) as [tf.Variable, tf.Variable];
          for (const data of gradients) {
            tf.tidy(() => {
              const gradient: Tensor2D = tf.tensor2d(data, shape);
              const norm = tf.norm(gradient) as tf.Scalar;
              MUON.reference(
                [{ parameter, gradient, m, widths, decay: true }],
                tf.tensor1d([0.1, 5, 5]),
                norm,
                settings,
              );
            });
          }
          const want = muonInF64(start, gradients, shape, widths, 0.1, settings);
          expectClose(parameter.dataSync<'float32'>(), want, 1e-4, `${String(widths)} ${JSON.stringify(change)}`);
          tf.dispose([parameter, m]);
        }
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

onGpu(() => {
  /** Some share a shape, also with a part of another; wide, tall and square; odd sizes and multiples. */
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

  test.each([0, 1])('three steps equal the reference with the same bits every time; clipped at %s', async (clip) => {
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
});
