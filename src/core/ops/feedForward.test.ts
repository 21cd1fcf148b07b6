import { checkOp, floats } from '../testing/checkOp';
import { FEED_FORWARD } from './feedForward';

const sample = {
  x: floats([5, 3]),
  inWeight: floats([3, 7], 0.8, 1),
  inBias: floats([7], 0.5, 2),
  outWeight: floats([7, 4], 0.8, 3),
  outBias: floats([4], 0.5, 4),
};
checkOp('feedForward', FEED_FORWARD, sample, undefined);
checkOp('feedForward with residual', FEED_FORWARD, { ...sample, residual: floats([5, 4], 1, 5) }, undefined);
