import * as tf from '@tensorflow/tfjs';
import { test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectClose, floats } from '../../testing/checkOp';
import { AVERAGE } from './average';
import { allocate } from './variables';

const SHAPES = [[3], [65, 2], [64], [7, 11]];

async function after(implementation: 'reference' | 'webgpu', isApart: boolean): Promise<number[]> {
  const made = (phase: number) => {
    const values = SHAPES.map((shape, i) => floats(shape, 1, phase + i));
    return isApart ? values.map(({ shape, data }) => tf.variable(tf.tensor(data, shape))) : allocate(values).variables;
  };
  const [averages, weights] = [made(0), made(9)];
  for (const keep of [0.1, 0.5, 0.9]) AVERAGE[implementation]!(averages, weights, tf.tensor1d([keep]));
  const values = await Promise.all([...averages, ...weights].map((each) => each.data<'float32'>()));
  return values.flatMap((array) => [...array]);
}

test.each([false, true])(
  'averages equal the reference and weights stay unchanged; separate tensors: %s',
  async (isApart) => {
    await tf.setBackend('cpu');
    const want = await after('reference', isApart);
    const gpu = await openGpu();
    expectClose(await after('webgpu', isApart), want, 1e-6, 'averages and weights');
    gpu.check();
  },
);
