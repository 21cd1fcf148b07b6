/**
 * Tests an op on each device of the vitest project. On cpu and wasm, compares its gradient with finite differences and
 * with TensorFlow.js's own gradient of the reference, and each implementation with the reference. On the GPU, compares
 * its kernels with the reference on the cpu.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { openGpu } from '../core/gpu/backend';
import { type Differentiable, run, type Tensors, type Implementations } from '../core/ops/op';
import { centralDifference, differences, type InF64 } from './finiteDifferences';
import { hasGpu, hasHosts } from './devices';
import { useWasm } from './wasm';
import { constant } from '../core/ops/constant';

/** Tensors by name, on the host; only floats have gradients. */
export type Sample = Readonly<Record<string, { shape: number[]; data: Float32Array | Int32Array }>>;
interface Result {
  y: Float32Array;
  gradients: Record<string, Float32Array>;
}

interface Checks {
  /** The same function, written from its definition. Without it, finite differences use the reference, in f32. */
  inF64?: InF64;
  /** Tolerance on the GPU, as a share of the largest value. */
  tolerance?: number;
}

export function checkOp<X extends Tensors, P>(
  name: string,
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  checks: Checks = {},
): void {
  if (hasHosts()) checkOnHosts(name, implementations, sample, settings, checks);
  if (hasGpu()) checkOnGpu(name, implementations, sample, settings, checks);
}

function checkOnGpu<X extends Tensors, P>(
  name: string,
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  { tolerance = 1e-5 }: Checks,
): void {
  test(`${name}: the GPU matches the reference, with the same bits each time`, async () => {
    expect(implementations.webgpu, 'an implementation for webgpu').toBeDefined();
    await tf.setBackend('cpu');
    const expected = results({ reference: implementations.reference }, sample, settings);
    const gpu = await openGpu();
    const before = tf.memory().numTensors;
    const actual = await resultsOnGpu(implementations, sample, settings);
    gpu.check();
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
    expectClose(actual.y, expected.y, tolerance, 'y');
    for (const input of Object.keys(expected.gradients)) {
      expectClose(actual.gradients[input]!, expected.gradients[input]!, tolerance, `gradient of ${input}`);
    }
    const again = await resultsOnGpu(implementations, sample, settings);
    expect(again.gradients, 'the same bits again').toEqual(actual.gradients);
  });
}

function checkOnHosts<X extends Tensors, P>(
  name: string,
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  { inF64 }: Checks,
): void {
  const reference = { reference: implementations.reference };

  describe(name, () => {
    test(`its gradient matches finite differences${inF64 ? ' in f64' : ''}`, async () => {
      await tf.setBackend('cpu');
      const { y, gradients } = results(reference, sample, settings);
      if (inF64) {
        const expected = differences(inF64, sample, Object.keys(gradients), weights);
        expectClose(y, expected.y, 2e-6, 'y');
        for (const [input, actual] of Object.entries(gradients)) {
          expectClose(actual, expected.gradients[input]!, 1e-5, `gradient of ${input}`);
        }
        return;
      }
      for (const [input, got] of Object.entries(gradients)) {
        const want = got.map((_, i) =>
          centralDifference((h) => objective(reference, withNudge(sample, input, i, h), settings), 0.04),
        );
        expectClose(got, want, 3e-4, `gradient of ${input}`);
      }
    });
    test('its gradient matches the gradient that TensorFlow.js derives from the reference', async () => {
      await tf.setBackend('cpu');
      const got = results(reference, sample, settings).gradients;
      const want = resultsOf((x) => implementations.reference.forward(x as unknown as X, settings).y, sample).gradients;
      expect(Object.keys(got)).toEqual(Object.keys(want));
      for (const input of Object.keys(want)) {
        expectClose(got[input]!, want[input]!, 1e-5, `gradient of ${input}`);
      }
    });
    test('each implementation matches the reference on cpu and wasm', async () => {
      await tf.setBackend('cpu');
      const want = results(reference, sample, settings);
      for (const use of [() => tf.setBackend('cpu'), useWasm]) {
        await use();
        for (const candidate of [reference, implementations]) {
          const got = results(candidate, sample, settings);
          expectClose(got.y, want.y, 2e-6, `y on ${tf.getBackend()}`);
          for (const input of Object.keys(want.gradients)) {
            expectClose(got.gradients[input]!, want.gradients[input]!, 4e-6, `${input} on ${tf.getBackend()}`);
          }
        }
      }
    });
    test('leaves no tensors behind', async () => {
      await tf.setBackend('cpu');
      const before = tf.memory().numTensors;
      results(implementations, sample, settings);
      expect(tf.memory().numTensors).toBe(before);
    });
    test('a constant input has no gradient and changes no other gradient', async () => {
      for (const use of [() => tf.setBackend('cpu'), useWasm]) {
        await use();
        const before = tf.memory().numTensors;
        for (const candidate of [reference, implementations]) {
          const want = results(candidate, sample, settings).gradients;
          for (const trainable of someOf(sample)) {
            const got = results(candidate, sample, settings, trainable).gradients;
            expect(Object.keys(got)).toEqual(trainable);
            for (const name of trainable) {
              expectClose(got[name]!, want[name]!, 1e-6, `${name} of ${trainable.join()}`);
            }
          }
        }
        expect(tf.memory().numTensors).toBe(before);
      }
    });
  });
}

/** Subsets of trainable inputs: each alone, and all but each. */
export function someOf(sample: Sample): string[][] {
  const names = floatsOf(sample);
  if (names.length < 2) return [];
  const others = names.map((name) => names.filter((other) => other !== name));
  return names.length === 2 ? others : [...names.map((name) => [name]), ...others];
}
const floatsOf = (sample: Sample): string[] =>
  Object.keys(sample).filter((name) => sample[name]!.data instanceof Float32Array);

/** y, and the gradients of sum(y w) for fixed weights w, by the op's own backward pass, for trainable inputs only. */
export const results = <X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  trainable?: readonly string[],
): Result => resultsOf((x) => run(implementations, x as unknown as X, settings), sample, trainable);

/** y and gradients through whatever f puts on the gradient tape. */
function resultsOf(f: (x: Record<string, Tensor>) => Tensor, sample: Sample, names?: readonly string[]): Result {
  const { y, gradients } = gradientsOf(f, sample, names);
  const values = {
    y: y.dataSync<'float32'>().slice(),
    gradients: Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => [name, gradient.dataSync<'float32'>().slice()]),
    ),
  };
  tf.dispose([y, gradients]);
  return values;
}

/** y and gradients on the GPU, which can't be read synchronously. */
export async function resultsOnGpu<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  names?: readonly string[],
): Promise<Result> {
  const { y, gradients } = gradientsOf((x) => run(implementations, x as unknown as X, settings), sample, names);
  const values = {
    y: await y.data<'float32'>(),
    gradients: Object.fromEntries(
      await Promise.all(
        Object.entries(gradients).map(async ([name, gradient]) => [name, await gradient.data<'float32'>()] as const),
      ),
    ),
  };
  tf.dispose([y, gradients]);
  return values;
}

/** y = f(x), and the gradients of sum(y w) for the named inputs; other inputs are constants. */
function gradientsOf(
  f: (x: Record<string, Tensor>) => Tensor,
  sample: Sample,
  names: readonly string[] = floatsOf(sample),
): { y: Tensor; gradients: Record<string, Tensor> } {
  return tf.tidy(() => {
    const x = onDevice(sample);
    for (const [name, tensor] of Object.entries(x)) if (!names.includes(name)) constant(tensor);
    let y: Tensor | undefined;
    const call = (...floats: Tensor[]): tf.Scalar => {
      const tensors = { ...x, ...Object.fromEntries(names.map((name, i) => [name, floats[i]!])) };
      y = tf.keep(f(tensors));
      return tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape)));
    };
    const gradients = tf.grads(call)(names.map((name) => x[name]!));
    return { y: y!, gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) };
  });
}

function objective<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
): number {
  return tf.tidy(() => {
    const y = run(implementations, onDevice(sample) as unknown as X, settings).dataSync<'float32'>();
    const w = weights(y.length);
    return y.reduce((sum, value, i) => sum + value * w[i]!, 0);
  });
}

/** Weights of both signs, but not around 0, where the sum of many would be rounding noise. */
export const weights = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => 0.3 + Math.sin(i * 1.7 + 1));

function withNudge(sample: Sample, name: string, i: number, delta: number): Sample {
  const { shape, data } = sample[name]!;
  const changed = data.slice();
  changed[i]! += delta;
  return { ...sample, [name]: { shape, data: changed } };
}

const onDevice = (sample: Sample): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(sample).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );

/** Largest difference, as a share of the largest wanted value. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what: string): void {
  expect(got.length, what).toBe(want.length);
  let [scale, worst] = [1e-3, 0];
  for (let i = 0; i < want.length; i++) {
    scale = Math.max(scale, Math.abs(want[i]!));
    const difference = Math.abs(want[i]! - got[i]!);
    worst = difference <= worst ? worst : difference; // keeps a NaN
  }
  expect(worst / scale, `${what}: worst difference ${worst} at a scale of ${scale}`).toBeLessThanOrEqual(tolerance);
}

/** Values in [-scale, scale] without a pattern that a kernel could exploit. */
export function floats(shape: number[], scale = 1, phase = 0): { shape: number[]; data: Float32Array } {
  const data = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => scale * Math.cos(i * i * 0.37 + i + phase),
  );
  return { shape, data };
}
export const integers = (shape: number[], values: number[]): { shape: number[]; data: Int32Array } => ({
  shape,
  data: Int32Array.from(values),
});
