import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { arena } from '../gpu/arena';
import { openGpu } from '../gpu/backend';
import { dispatch, type Kernel } from '../gpu/dispatch';
import { expectClose, floats } from '../../testing/checkOp';
import { ADAMW } from './adamw';
import { GLOBAL_NORM } from './globalNorm';
import { LION } from './lion';
import { SGD } from './sgd';

const shapes = [[3], [65, 2], [1], [64], [127, 7], [70_000, 3]];
const steps = [1, 2, 3];

const copy = (n: number): Kernel<'x' | 'y'> => ({
  name: 'copy',
  bindings: { x: ['read', 'f32'], y: ['write', 'f32'] },
  workgroup: [64, 1, 1],
  grid: [Math.ceil(n / 64), 1, 1],
  body: `let i = index * 64u + lane; if (i < ${n}u) { y[i] = x[i]; }`,
});

/** Variables with these values, separate or contiguous. */
function variables(scale: number, phase: number, together: boolean): Variable[] {
  const values = shapes.map((shape, i) => tf.tensor(floats(shape, scale, phase + i).data, shape));
  if (!together) return values.map((value) => tf.variable(value));
  const { tensors } = arena(shapes.map((shape) => ({ shape, dtype: 'float32' })));
  tensors.forEach((y, i) => dispatch(copy(y.size), { x: values[i]!, y }));
  return tensors.map((tensor) => tf.variable(tensor));
}
type Slots = { parameter: Variable; gradient: tf.Tensor; m: Variable; v: Variable; decay: boolean }[];
type Update = (slots: Slots, rates: Tensor1D, norm: tf.Scalar) => void;

async function after(update: Update, together: boolean, implementation: 'reference' | 'webgpu') {
  const [parameters, m, v] = [variables(1, 0, together), variables(0, 1, together), variables(0, 2, together)];
  const norms: number[] = [];
  for (const step of steps) {
    const gradients = shapes.map((shape, i) => tf.tensor(floats(shape, 0.3, 10 * step + i).data, shape));
    const slots = parameters.map((parameter, i) => ({
      parameter,
      gradient: gradients[i]!,
      m: m[i]!,
      v: v[i]!,
      decay: i % 2 === 1,
    }));
    const norm = GLOBAL_NORM[implementation]!(gradients);
    update(slots, tf.tensor1d([0.1, 1 - 0.9 ** step, 1 - 0.99 ** step]), norm);
    norms.push((await norm.data())[0]!);
  }
  const read = async (list: Variable[]) => {
    const values = await Promise.all(list.map((variable) => variable.data<'float32'>()));
    return values.flatMap((array) => [...array]);
  };
  return { norms, weights: await read(parameters), v: await read(v) };
}

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
const CASES: Record<string, (implementation: 'reference' | 'webgpu') => Update> = {
  AdamW: (implementation) => (slots, rates, norm) => ADAMW[implementation]!(slots, rates, norm, { ...adam, clip: 1 }),
  'AdamW without clipping': (implementation) => (slots, rates, norm) =>
    ADAMW[implementation]!(slots, rates, norm, { ...adam, clip: 0 }),
  SGD: (implementation) => (slots, rates, norm) =>
    SGD[implementation]!(slots, tf.slice(rates, 0, 1), norm, { momentum: 0.9, weightDecay: 0.1, clip: 1 }),
  Lion: (implementation) => (slots, rates, norm) =>
    LION[implementation]!(slots, tf.slice(rates, 0, 1), norm, { beta1: 0.8, beta2: 0.95, weightDecay: 0.1, clip: 1 }),
};
describe.each(Object.entries(CASES))('%s', (_, update) => {
  test.each([false, true])('contiguous weights: %s', async (together) => {
    await tf.setBackend('cpu');
    const want = await after(update('reference'), false, 'reference');
    const gpu = await openGpu();
    const got = await after(update('webgpu'), together, 'webgpu');
    gpu.check();
    expectClose(got.norms, want.norms, 2e-6, 'norms');
    expectClose(got.weights, want.weights, 1e-5, 'weights');
    expectClose(got.v, want.v, 1e-5, 'v');
    expect((await after(update('webgpu'), together, 'webgpu')).weights).toEqual(got.weights);
  });
});

test("a norm of the first tensors isn't reused as the norm of all", async () => {
  await openGpu();
  const norms = tf.tidy(() => {
    const [a, b] = [tf.fill([3], 2), tf.fill([3], 1)];
    return [GLOBAL_NORM.webgpu!([a]), GLOBAL_NORM.webgpu!([a, b])];
  });
  const [one, both] = await Promise.all(norms.map((norm) => norm.data()));
  expect(one![0]).toBeCloseTo(Math.sqrt(12), 5);
  expect(both![0]).toBeCloseTo(Math.sqrt(15), 5);
  tf.dispose(norms);
});
