import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import { floats } from '../testing/checkOp';
import { constant, isConstant } from './constant';
import { embeddingTied } from './embedding';
import { layerNormWithResidual } from './layerNorm';
import { linear } from './linear';
import { recompute } from './recompute';

beforeEach(async () => {
  await tf.setBackend('cpu');
  tf.engine().startScope();
  return () => tf.engine().endScope();
});
const variable = (shape: number[], trainable: boolean, phase = 0): Tensor2D =>
  tf.variable(tf.tensor(floats(shape, 0.5, phase).data, shape), trainable) as unknown as Tensor2D;

test('ids and frozen variables are constants, and what ops make of them alone', () => {
  const [frozen, learning] = [variable([3, 3], false), variable([3, 3], true)];
  const given = [tf.tensor1d([1], 'int32'), frozen, learning, tf.ones([1])];
  expect(given.map(isConstant)).toEqual([true, true, false, false]);
  const x = constant(tf.ones<tf.Rank.R2>([2, 3]));
  const y = linear(x, frozen);
  const made = [x, y, linear(y, frozen), linear(x, learning), linear(linear(x, learning), frozen)];
  expect(made.map(isConstant)).toEqual([true, true, true, false, false]);
});

test('a constant that is passed on is itself', () => {
  const x = constant(tf.ones<tf.Rank.R2>([2, 3]));
  const [y, residual] = layerNormWithResidual(x, variable([3], true));
  expect(residual).toBe(x);
  expect(isConstant(y)).toBe(false);
  const table = variable([5, 3], false);
  expect(embeddingTied(tf.tensor2d([[1, 2]], [1, 2], 'int32'), table, variable([2, 3], true))[1]).toBe(table);
});

test('a backward pass ends where nothing below learns, and nothing is kept there for it', () => {
  const [first, second] = [variable([3, 3], false), variable([3, 3], true, 1)];
  const x = constant(tf.tensor2d(floats([2, 3]).data, [2, 3]));
  const before = tf.memory().numTensors;
  let kept = 0;
  const { grads } = tf.variableGrads(() => {
    const y = linear(linear(x, first), first);
    kept = tf.engine().state.activeTape.reduce((n, { saved }) => n + (saved?.length ?? 0), 0);
    return tf.sum(linear(y, second));
  });
  expect(kept).toBe(0);
  expect(Object.keys(grads).length).toBe(1);
  expect(tf.memory().numTensors).toBe(before + 2); // the loss and its gradient
});

test('what is computed again asks for the gradients of what learns alone', () => {
  const [frozen, learning, above] = [variable([3, 3], false), variable([3, 3], true, 1), variable([3, 3], true, 2)];
  const seen: boolean[][] = [];
  const loss = (again: boolean): tf.Scalar => {
    const layer = (weight: Tensor2D) => (x: Tensor2D) => {
      const y = linear(x, weight);
      seen.push([isConstant(x), isConstant(y)]);
      return y;
    };
    let x = constant(tf.tensor2d(floats([2, 3]).data, [2, 3]));
    for (const weight of [frozen, learning, frozen, above])
      x = again ? recompute(layer(weight), [x]) : layer(weight)(x);
    return tf.sum(tf.square(x));
  };
  const gradients = (again: boolean) =>
    Object.values(tf.variableGrads(() => loss(again)).grads).map((gradient) => [...gradient.dataSync()]);
  expect(gradients(true)).toEqual(gradients(false));
  const forward = [
    [true, true],
    [true, false],
    [false, false],
    [false, false],
  ];
  expect(seen).toEqual([...forward, ...forward.slice(1).reverse(), ...forward]);
});
