import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { bernoulli } from '../base/rng';
import { checkOp, floats, integers } from '../../testing/checkOp';
import { checkBranch, checkBranchOnGpu } from '../../testing/checkBranch';
import { dropout, DROPOUT, dropoutWithResidual } from './dropout';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const settings = { probability: 0.4, purpose: 'test' };
  checkOp('dropout', DROPOUT, { x: floats([4, 7]), counter: integers([2], [5, 9]) }, settings);
  checkOp(
    'dropout with residual',
    DROPOUT,
    { x: floats([4, 7]), counter: integers([2], [-1, 9]), residual: floats([4, 7], 1, 1) },
    settings,
  );

  const counterOf = () => tf.tensor1d([5, 9], 'int32');
  checkBranch('dropout', {
    given: [floats([4, 7])],
    norm: (x) => dropout(x, counterOf(), settings) as Tensor2D,
    ofBranch: (x) => dropoutWithResidual(x, counterOf(), settings) as [Tensor2D, Tensor2D],
  });

  test('the mask matches the generator: seed and step as unsigned bits, purpose by name', async () => {
    await tf.setBackend('cpu');
    tf.tidy(() => {
      const ones = tf.ones([1000]);
      const at = (seed: number, step: number, purpose: string) => [
        ...dropout(ones, tf.tensor1d(Int32Array.of(seed, step), 'int32'), { probability: 0.25, purpose }).dataSync(),
      ];
      const want = [...bernoulli(4_294_967_295, 'a', 7, 1000, 0.75)].map((kept) => Math.fround(kept / 0.75));
      expect(at(-1, 7, 'a')).toEqual(want);
      expect(at(-1, 8, 'a')).not.toEqual(want);
      expect(at(-1, 7, 'b')).not.toEqual(want);
      expect(want.filter((x) => x > 0).length / 1000).toBeCloseTo(0.75, 1);
    });
  });
});

onGpu(() => {
  const settings = { probability: 0.3, purpose: 'somewhere' };
  const counter = integers([2], [-7, 12]);
  checkOp('dropout', DROPOUT, { x: floats([65, 127]), counter }, settings, { tolerance: 1e-6 });
  checkOp('dropout with residual', DROPOUT, { x: floats([999]), counter, residual: floats([999]) }, settings, {
    tolerance: 1e-6,
  });
  for (const rows of [1, 3, 127]) {
    checkOp(`dropout of ${rows} rows`, DROPOUT, { x: floats([rows, 65]), counter }, settings, { tolerance: 1e-6 });
  }
  checkOp('dropout of 3,000 rows', DROPOUT, { x: floats([3000, 3]), counter }, settings, { tolerance: 1e-6 });
  checkBranchOnGpu('dropout', [floats([65, 33])], (x) => {
    const counter = tf.tensor1d([-7, 12], 'int32');
    return dropoutWithResidual(x, counter, settings) as [Tensor2D, Tensor2D];
  });
});
