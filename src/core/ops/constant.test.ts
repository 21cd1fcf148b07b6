/** Counts, for each op, the dispatches that constant inputs save. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { expectClose, floats, integers, resultsOnGpu, type Sample, someOf } from '../../testing/checkOp';
import { constant, isConstant } from './constant';
import { EMBEDDING, embeddingTied } from './embedding';
import { LAYER_NORM, layerNormWithResidual } from './layerNorm';
import { linear, LINEAR } from './linear';
import { recompute } from './recompute';
import { type Gpu, openGpu } from '../gpu/backend';
import { type Calls, countCalls } from '../../testing/dawn';
import { ATTENTION } from './attention';
import { DROPOUT } from './dropout';
import { FEED_FORWARD } from './feedForward';
import { LOW_RANK } from './lowRank';
import type { Differentiable, Implementations, Tensors } from './op';
import { QK_NORM } from './qkNorm';
import { QK_NORM_ROWS } from './qkNormRows';
import { RMS_NORM } from './rmsNorm';
import { SOFTMAX_CROSS_ENTROPY } from './softmaxCrossEntropy';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  beforeEach(async () => {
    await tf.setBackend('cpu');
    tf.engine().startScope();
    return () => tf.engine().endScope();
  });
  const variable = (shape: number[], trainable: boolean, phase = 0): Tensor2D =>
    tf.variable(tf.tensor(floats(shape, 0.5, phase).data, shape), trainable) as unknown as Tensor2D;

  test('ids and frozen variables are constants, and so are ops of only those', () => {
    const [frozen, learning] = [variable([3, 3], false), variable([3, 3], true)];
    const given = [tf.tensor1d([1], 'int32'), frozen, learning, tf.ones([1])];
    expect(given.map(isConstant)).toEqual([true, true, false, false]);
    const x = constant(tf.ones<tf.Rank.R2>([2, 3]));
    const y = linear(x, frozen);
    const made = [x, y, linear(y, frozen), linear(x, learning), linear(linear(x, learning), frozen)];
    expect(made.map(isConstant)).toEqual([true, true, true, false, false]);
  });

  test('a constant that is passed on stays the same tensor', () => {
    const x = constant(tf.ones<tf.Rank.R2>([2, 3]));
    const [y, residual] = layerNormWithResidual(x, variable([3], true));
    expect(residual).toBe(x);
    expect(isConstant(y)).toBe(false);
    const table = variable([5, 3], false);
    expect(embeddingTied(tf.tensor2d([[1, 2]], [1, 2], 'int32'), table, variable([2, 3], true))[1]).toBe(table);
  });

  test('a backward pass ends where nothing below is trainable, and saves nothing for it', () => {
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

  test('recomputation requests gradients of trainable weights only', () => {
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
});

onGpu(() => {
  let gpu: Gpu;
  let calls: Calls;
  beforeAll(async () => {
    calls = countCalls();
    gpu = await openGpu();
  });

  /** `saved`: dispatches saved, compared to all inputs trainable, if only this input is trainable. */
  function check<X extends Tensors, P>(
    name: string,
    implementations: Implementations<Differentiable<X, P>>,
    sample: Sample,
    settings: P,
    saved: Readonly<Record<string, number>>,
  ): void {
    test(name, async () => {
      const count = async (learning?: readonly string[]) => {
        calls.reset();
        const { gradients } = await resultsOnGpu(implementations, sample, settings, learning);
        return { gradients, dispatches: calls.dispatches };
      };
      await count(); // compiles
      const all = await count();
      const found: Record<string, number> = {};
      for (const learning of someOf(sample)) {
        const { gradients, dispatches } = await count(learning);
        expect(Object.keys(gradients)).toEqual(learning);
        for (const input of learning) {
          expectClose(gradients[input]!, all.gradients[input]!, 1e-5, `${input} of ${learning.join()}`);
        }
        if (learning.length === 1) found[learning[0]!] = all.dispatches - dispatches;
        expect(dispatches).toBeLessThanOrEqual(all.dispatches);
      }
      gpu.check();
      expect(found).toEqual(saved);
    });
  }

  const [x, residual] = [floats([17, 6]), floats([17, 10], 1, 1)];
  const [weight, bias] = [floats([6, 10], 0.5, 2), floats([10], 0.5, 3)];
  check('linear', LINEAR, { x, weight, bias, residual }, undefined, { x: 1, weight: 1, bias: 1, residual: 2 });
  check(
    'lowRank',
    LOW_RANK,
    { x, weight, down: floats([6, 2], 0.5, 4), up: floats([2, 10], 0.5, 5), bias, residual },
    { scale: 2 },
    { x: 3, weight: 4, down: 3, up: 4, bias: 4, residual: 5 },
  );
  for (const gated of [false, true]) {
    const inner = gated ? 5 : 10;
    check(
      gated ? 'feedForward, gated' : 'feedForward',
      FEED_FORWARD,
      {
        x,
        inWeight: weight,
        inBias: bias,
        outWeight: floats([inner, 6], 0.5, 6),
        outBias: floats([6], 0.5, 7),
        residual: x,
      },
      { activation: 'gelu-tanh', gated },
      { x: 2, inWeight: 2, inBias: 2, outWeight: 3, outBias: 3, residual: 4 },
    );
  }
  const norm = { x, gain: floats([6], 1, 8) };
  check('layerNorm', LAYER_NORM, { ...norm, bias: floats([6], 1, 9) }, { epsilon: 1e-5 }, { x: 0, gain: 0, bias: 0 });
  const heads = { x: floats([6, 16]), qGain: floats([4], 1, 16), kGain: floats([4], 1, 17) };
  const headed = { rows: 2, heads: 2, kvHeads: 1, base: 10_000, epsilon: 1e-6 };
  check('qkNorm', QK_NORM, heads, headed, { x: 1, qGain: 0, kGain: 0 });
  check('rmsNorm', RMS_NORM, norm, { epsilon: 1e-6 }, { x: 0, gain: 0 });
  const past = floats([17, 6], 1, 18);
  check('rmsNorm, added', RMS_NORM, { ...norm, residual: past }, { epsilon: 1e-6 }, { x: 0, gain: 0, residual: 1 });
  const ofRows = { x: floats([6, 16]), qGain: floats([8], 1, 16), kGain: floats([4], 1, 17) };
  check('qkNormRows', QK_NORM_ROWS, ofRows, { epsilon: 1e-6 }, { x: 1, qGain: 1, kGain: 1 });

  const ids = integers([2, 4], [0, 3, 3, 1, 2, 0, 3, 4]);
  const tables = { ids, tokens: floats([5, 6], 1, 10), positions: floats([4, 6], 1, 11) };
  check('embedding', EMBEDDING, tables, { vocabulary: 5, places: 4 }, { tokens: 0, positions: 0 });

  const settings = { rows: 2, heads: 2, causal: true };
  const scores = floats([2, 5, 5], 1, 12);
  check('attention', ATTENTION, { qkv: floats([10, 24]), bias: scores }, settings, { qkv: 1, bias: 2 });
  const apart = { q: floats([10, 8]), kv: floats([10, 16], 1, 13) };
  check('attention of two matrices', ATTENTION, apart, settings, { q: 1, kv: 0 });
  const biased = { ...apart, bias: scores };
  check('attention of two matrices with a bias', ATTENTION, biased, settings, { q: 2, kv: 2, bias: 2 });

  const targets = integers(
    [17],
    [...Array(17).keys()].map((n) => n % 9),
  );
  const scored = { hidden: x, classifier: floats([9, 6], 1, 14), targets, weight: integers([1], [17]) };
  // With both: two products, and a scaling of each.
  check('softmaxCrossEntropy', SOFTMAX_CROSS_ENTROPY, scored, { logitBytes: 1e6 }, { hidden: 2, classifier: 2 });

  const dropped = { x, counter: integers([2], [1, 2]), residual: floats([17, 6], 1, 15) };
  check('dropout', DROPOUT, dropped, { probability: 0.3, purpose: 'test' }, { x: 0, residual: 1 });
});
