/** Passes on WASM give the bits of the TensorFlow.js ops that they replace. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { floats, type Sample, results } from '../../testing/checkOp';
import { onHosts } from '../../testing/devices';
import { useWasm } from '../../testing/wasm';
import { normals } from '../base/rng';
import { type Activation, ACTIVATION, ACTIVATIONS } from './activation';
import { LAYER_NORM } from './layerNorm';
import { sumOfRows, withBias } from './linear';
import type { Differentiable, Implementations, Tensors } from './op';
import { RMS_NORM } from './rmsNorm';
import { SOFTMAX_CROSS_ENTROPY } from './softmaxCrossEntropy';

/** Rows and columns around the four lanes, the sixteen columns of a block, and the size that threads share. */
const SHAPES: readonly [number, number][] = [
  [1, 1],
  [3, 5],
  [4, 16],
  [5, 23],
  [17, 128],
  [130, 511],
];

onHosts(() => {
  beforeEach(useWasm);
  const draw = (shape: [number, number], seed: number): Tensor2D =>
    tf.tensor2d(normals(seed, 'pass', shape[0] * shape[1]), shape);
  const expectSameBits = (got: ArrayLike<number>, want: ArrayLike<number>): void =>
    expect(new Int32Array(Float32Array.from(got).buffer)).toEqual(new Int32Array(Float32Array.from(want).buffer));
  const bitsOf = (x: Tensor): Float32Array => x.dataSync<'float32'>().slice();

  describe.each(SHAPES)('of %i rows and %i columns', (rows, columns) => {
    const shape: [number, number] = [rows, columns];

    test('sumOfRows adds the rows from the first on', () => {
      tf.tidy(() => {
        const x = draw(shape, 1);
        expectSameBits(bitsOf(sumOfRows(x)), bitsOf(tf.matMul(tf.ones([1, rows]), x)));
      });
    });

    test('withBias adds the bias before the residual', () => {
      tf.tidy(() => {
        const [product, bias, residual] = [draw(shape, 1), draw([1, columns], 2), draw(shape, 3)];
        const own = (): Tensor2D => tf.tensor2d(bitsOf(product), shape);
        expectSameBits(bitsOf(withBias(own(), bias)), bitsOf(tf.add(product, bias)));
        expectSameBits(bitsOf(withBias(own(), undefined, residual)), bitsOf(tf.add(product, residual)));
        const both = withBias(own(), bias, residual);
        expectSameBits(bitsOf(both), bitsOf(tf.add(tf.add(product, bias), residual)));
      });
    });

    test.each(Object.keys(ACTIVATIONS) as Activation[])('%s', (kind) => {
      expectBitsOfReference(ACTIVATION, { x: floats(shape, 20) }, kind);
    });

    test.each([true, false])('LayerNorm, with a bias: %s', (hasBias) => {
      const sample = {
        x: floats(shape, 3),
        gain: floats([columns], 2, 1),
        ...(hasBias && { bias: floats([columns]) }),
      };
      expectBitsOfReference(LAYER_NORM, sample, { epsilon: 1e-5 });
    });

    test.each([true, false])('RMSNorm, with a residual: %s', (hasResidual) => {
      const sample = {
        x: floats(shape, 3),
        gain: floats([columns], 2, 1),
        ...(hasResidual && { residual: floats(shape) }),
      };
      expectBitsOfReference(RMS_NORM, sample, { epsilon: 1e-6 });
    });
  });

  test.each([
    ['one block', 1e9],
    ['three blocks', 4 * 23 * 7],
  ])('cross entropy in %s, with a bias and ignored targets', (_, logitBytes) => {
    const targets = Int32Array.from({ length: 17 }, (__, i) => (i % 5 === 3 ? -1 : (i * 7) % 23));
    const sample = {
      hidden: floats([17, 6], 2, 1),
      classifier: floats([23, 6], 2, 2),
      bias: floats([23], 1, 3),
      targets: { shape: [17], data: targets },
      weight: { shape: [1], data: Int32Array.of(14) },
    };
    expectBitsOfReference(SOFTMAX_CROSS_ENTROPY, sample, { logitBytes });
  });

  test('the sigmoid in GELU and SiLU keeps its bits at the ends of its range', () => {
    const data = Float32Array.of(0, -0, 87.3, 87.4, -87.3, -87.4, 200, -200, 1e-30, -1e-30, 0.5, Infinity, -Infinity);
    for (const kind of ['gelu-tanh', 'silu'] as const) {
      expectBitsOfReference(ACTIVATION, { x: { shape: [data.length], data } }, kind);
    }
  });

  function expectBitsOfReference<X extends Tensors, P>(
    implementations: Implementations<Differentiable<X, P>>,
    sample: Sample,
    settings: P,
  ): void {
    const want = results({ reference: implementations.reference }, sample, settings);
    const got = results(implementations, sample, settings);
    expectSameBits(got.y, want.y);
    for (const [name, gradient] of Object.entries(want.gradients)) expectSameBits(got.gradients[name]!, gradient);
  }
});
