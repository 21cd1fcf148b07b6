/** Tests a norm or a dropout at the start of a residual branch, whose gradient is the sum over both paths. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../core/gpu/backend';
import { expectClose, type floats, weights } from './checkOp';

/** x, gain and, if the norm has one, bias. */
type Inputs = ReturnType<typeof floats>[];
type Norm<Y> = (x: Tensor2D, gain?: Tensor, bias?: Tensor) => Y;
type Branch = Norm<[y: Tensor2D, rest: Tensor2D]>;

/** Gradients of the sum of y and the squares of `rest`. */
function gradients(inputs: Inputs, branch: Branch): Tensor[] {
  const [N, C] = inputs[0]!.shape as [number, number];
  const w = tf.tensor2d(weights(N * C), [N, C]);
  return tf.grads((...[x, ...others]: Tensor[]) => {
    const [y, rest] = branch(x as Tensor2D, ...others);
    return tf.sum(tf.mul(tf.add(y, tf.square(rest)), w));
  })(inputs.map(({ shape, data }) => tf.tensor(data, shape)));
}

export function checkBranch(
  name: string,
  { given: inputs, norm, ofBranch: branch }: { given: Inputs; norm: Norm<Tensor2D>; ofBranch: Branch },
): void {
  test(`${name} on a branch: x has the gradient of both ways, and nothing is left behind`, async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const actual = gradients(inputs, branch);
      const expected = gradients(inputs, (x, ...others) => [norm(x, ...others), x]);
      expected.forEach((gradient, i) => expectClose(actual[i]!.dataSync(), gradient.dataSync(), 1e-6, `gradient ${i}`));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
}

export function checkBranchOnGpu(name: string, inputs: Inputs, branch: Branch): void {
  test(`${name} on a branch, on the GPU against its reference`, async () => {
    const readGradients = async () =>
      Promise.all(tf.tidy(() => gradients(inputs, branch)).map((gradient) => gradient.data<'float32'>()));
    await tf.setBackend('cpu');
    const expected = await readGradients();
    const gpu = await openGpu();
    const actual = await readGradients();
    gpu.check();
    expect(actual.length).toBe(inputs.length);
    expected.forEach((gradient, i) => expectClose(actual[i]!, gradient, 1e-5, `gradient ${i}`));
  });
}
