import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { globalNorm } from '../ops/globalNorm';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { expectClose } from '../../testing/checkOp';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { loadOptimizer, type OptimizerId, OPTIMIZERS } from '.';
import { learningRateAt, type ScheduleSettings } from './schedule';

const schedule: ScheduleSettings = { learningRate: 2, warmup: 10, finalRate: 0.1, decayShare: 0.25, steps: 110 };

test('schedules rise from 0 to the peak, and end at their final share', () => {
  for (const id of ['cosine', 'linear', 'constant', 'wsd'] as const) {
    expect(learningRateAt(id, schedule, 1)).toBeCloseTo(0.2, 12);
    expect(learningRateAt(id, schedule, 10)).toBeCloseTo(2, 12);
    expect(learningRateAt(id, schedule, 110)).toBeCloseTo(id === 'constant' ? 2 : 0.2, 12);
    expect(learningRateAt(id, schedule, 500)).toBeCloseTo(id === 'constant' ? 2 : 0.2, 12);
  }
  expect(learningRateAt('linear', schedule, 60)).toBeCloseTo(1.1, 12);
  expect(learningRateAt('cosine', schedule, 35)).toBeCloseTo(0.2 + (1.8 * (1 + Math.SQRT1_2)) / 2, 12);
  expect(learningRateAt('linear', { ...schedule, warmup: 0 }, 1)).toBeCloseTo(2 - 1.8 / 110, 12);
  expect(learningRateAt('cosine', { ...schedule, warmup: 110 }, 110)).toBeCloseTo(2, 12);
});

test('a plateau lasts until the decay share, and then falls by the square root', () => {
  const at = (step: number, change = {}): number => learningRateAt('wsd', { ...schedule, ...change }, step);
  expect([11, 60, 85].map((step) => at(step))).toEqual([2, 2, 2]);
  expect(at(86)).toBeCloseTo(0.2 + 1.8 * (1 - 0.2), 12);
  expect(at(101)).toBeCloseTo(0.2 + 1.8 * (1 - 0.8), 12);
  expect(at(35, { decayShare: 1 })).toBeCloseTo(0.2 + 1.8 * (1 - 0.5), 12);
  expect(at(109, { decayShare: 0.001 })).toBe(2);
});

test('inverse square root peaks at the end of warm-up, and does not depend on the run length', () => {
  const at = (step: number, change = {}): number => learningRateAt('inverseSqrt', { ...schedule, ...change }, step);
  expect([9, 10, 40, 1000].map((step) => at(step))).toEqual([1.8, 2, 1, 0.2]);
  expect(at(40, { steps: 7, finalRate: 1 })).toBe(1);
  expect(at(30_000, { warmup: 0 })).toBeCloseTo(1, 12);
});

const settings: Recipe = {
  ...DEFAULT_RECIPE,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  momentum: 0.9,
  lionBeta1: 0.8,
  lionBeta2: 0.95,
  weightDecay: 0.1,
  clip: 1,
};
const gradientAt = (step: number): number[][] => [
  [0.3 * step, -2, 0.01],
  [1, -0.5 * step],
];
const initial = [
  [1, -1, 0.5],
  [2, 0],
];
/** Weight decay applies to the first weight only. */
const decays = [true, false];

const variable = (values: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.tensor1d(values)));

test('every optimizer has a reference here or its own test', () => {
  const others = Object.keys(OPTIMIZERS).filter((id) => !(WRITTEN as readonly string[]).includes(id));
  for (const id of others) expect(existsSync(new URL(`${id}.test.ts`, import.meta.url)), id).toBe(true);
});

/** Weights after three updates by the optimizer itself. */
async function trained(id: OptimizerId, change: Partial<Recipe>): Promise<number[]> {
  const { state, rates, update } = await loadOptimizer(id);
  const all = { ...settings, ...change };
  const slots = initial.map((weights, i) => ({
    weight: { shape: [weights.length] },
    parameter: variable(weights),
    moments: state({ shape: [weights.length] }).map(() => variable(weights.map(() => 0))),
    decay: decays[i]!,
  }));
  for (let step = 1; step <= 3; step++) {
    tf.tidy(() => {
      const gradients = gradientAt(step).map((values) => tf.tensor1d(values));
      const given = slots.map((slot, i) => ({ ...slot, gradient: gradients[i]! }));
      update(given, tf.tensor1d(rates(0.1, step, all)), globalNorm(gradients), all);
    });
  }
  const result = slots.flatMap(({ parameter }) => [...parameter.dataSync()]);
  tf.dispose(slots.flatMap(({ parameter, moments: kept }) => [parameter, ...kept]));
  return result;
}

/** Optimizers that `written` implements; others have their own tests. */
const WRITTEN = ['adamw', 'sgd', 'lion', 'muon'] as const satisfies readonly OptimizerId[];

/** Reference in f64, from the papers; for vectors, Muon is AdamW. */
function written(id: (typeof WRITTEN)[number], change: Partial<Recipe>): number[] {
  const s = { ...settings, ...change };
  const weights = initial.map((row) => [...row]);
  const [m, v] = [0, 1].map(() => initial.map((row) => row.map(() => 0))) as [number[][], number[][]];
  for (let step = 1; step <= 3; step++) {
    const gradients = gradientAt(step);
    const norm = Math.sqrt(gradients.flat().reduce((sum, g) => sum + g * g, 0));
    const factor = s.clip > 0 ? Math.min(1, s.clip / norm) : 1;
    weights.forEach((row, i) => {
      row.forEach((w, j) => {
        const g = gradients[i]![j]! * factor;
        const decay = decays[i] ? s.weightDecay * w : 0;
        if (id === 'sgd') {
          v[i]![j] = s.momentum * v[i]![j]! + g + decay;
          row[j] = w - 0.1 * v[i]![j];
          return;
        }
        if (id === 'lion') {
          row[j] = w - 0.1 * (Math.sign(s.lionBeta1 * m[i]![j]! + (1 - s.lionBeta1) * g) + decay);
          m[i]![j] = s.lionBeta2 * m[i]![j]! + (1 - s.lionBeta2) * g;
          return;
        }
        m[i]![j] = s.beta1 * m[i]![j]! + (1 - s.beta1) * g;
        v[i]![j] = s.beta2 * v[i]![j]! + (1 - s.beta2) * g * g;
        const [mHat, vHat] = [m[i]![j] / (1 - s.beta1 ** step), v[i]![j] / (1 - s.beta2 ** step)];
        row[j] = w - 0.1 * (mHat / (Math.sqrt(vHat) + s.epsilon) + decay);
      });
    });
  }
  return weights.flat();
}

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test.each(WRITTEN)('%s matches its paper, with and without clipping', async (id) => {
    const before = tf.memory().numTensors;
    for (const change of [{}, { clip: 0 }, { weightDecay: 0 }]) {
      expectClose(await trained(id, change), written(id, change), 3e-6, `${id} ${JSON.stringify(change)}`);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
  test('the global norm treats all tensors as one vector', () => {
    const norm = tf.tidy(
      () =>
        globalNorm([
          tf.tensor1d([3]),
          tf.tensor2d([
            [0, 4],
            [12, 0],
          ]),
        ]).dataSync()[0],
    );
    expect(norm).toBeCloseTo(13, 5);
  });
});
