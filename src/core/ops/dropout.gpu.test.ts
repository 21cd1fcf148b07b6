import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { checkBranchOnGpu } from '../testing/checkBranch';
import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { DROPOUT, dropoutWithResidual } from './dropout';

const settings = { probability: 0.3, purpose: 'somewhere' };
const counter = integers([2], [-7, 12]);
checkOnGpu('dropout', DROPOUT, { x: floats([65, 127]), counter }, settings, 1e-6);
checkOnGpu('dropout with residual', DROPOUT, { x: floats([999]), counter, residual: floats([999]) }, settings, 1e-6);
for (const rows of [1, 3, 127]) {
  checkOnGpu(`dropout of ${rows} rows`, DROPOUT, { x: floats([rows, 65]), counter }, settings, 1e-6);
}
checkOnGpu('dropout of 70,000 rows', DROPOUT, { x: floats([70_000, 3]), counter }, settings, 1e-6);
checkBranchOnGpu('dropout', [floats([65, 33])], (x) => {
  const counter = tf.tensor1d([-7, 12], 'int32');
  return dropoutWithResidual(x, counter, settings) as [Tensor2D, Tensor2D];
});
