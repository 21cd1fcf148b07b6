/** The test of an op's WGSL kernels: output and gradients against the op's reference on the processor. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { type Differentiable, run, type Tensors, type Implementations } from '../ops/op';
import { constant } from '../ops/constant';
import { expectClose, floatsOf, results, type Sample, weights } from './checkOp';

export function checkOnGpu<X extends Tensors, P>(
  name: string,
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  tolerance = 1e-5,
): void {
  test(`${name}, on the GPU against its reference`, async () => {
    expect(implementations.webgpu, 'an implementation for webgpu').toBeDefined();
    await tf.setBackend('cpu');
    const want = results({ reference: implementations.reference }, sample, settings);
    const gpu = await openGpu();
    const before = tf.memory().numTensors;
    const got = await onGpu(implementations, sample, settings);
    gpu.check();
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
    expectClose(got.y, want.y, tolerance, 'y');
    for (const input of Object.keys(want.gradients)) {
      expectClose(got.gradients[input]!, want.gradients[input]!, tolerance, `gradient of ${input}`);
    }
    expect((await onGpu(implementations, sample, settings)).gradients, 'the same bits again').toEqual(got.gradients);
  });
}

/** y, and the gradients by `names`; the other inputs are constants. */
export async function onGpu<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  sample: Sample,
  settings: P,
  names: readonly string[] = floatsOf(sample),
) {
  const { y, gradients } = tf.tidy(() => {
    const x = Object.fromEntries(
      Object.entries(sample).map(([name, { shape, data }]) => [
        name,
        tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32'),
      ]),
    );
    for (const [name, tensor] of Object.entries(x)) if (!names.includes(name)) constant(tensor);
    let output: Tensor | undefined;
    const call = (...floats: Tensor[]): tf.Scalar => {
      const given = { ...x, ...Object.fromEntries(names.map((name, i) => [name, floats[i]!])) };
      output = tf.keep(run(implementations, given as unknown as X, settings));
      return tf.sum(tf.mul(output, tf.tensor(weights(output.size), output.shape)));
    };
    return { gradients: tf.grads(call)(names.map((name) => x[name]!)), y: output! };
  });
  const read = {
    y: await y.data<'float32'>(),
    gradients: Object.fromEntries(
      await Promise.all(names.map(async (name, i) => [name, await gradients[i]!.data<'float32'>()] as const)),
    ),
  };
  tf.dispose([y, gradients]);
  return read;
}
