import { checkOp, floats } from '../testing/checkOp';
import { LAYER_NORM } from './layerNorm';

checkOp(
  'layerNorm',
  LAYER_NORM,
  { x: floats([5, 9], 2), gain: floats([9], 1, 1), bias: floats([9], 1, 2) },
  { epsilon: 1e-5 },
);
checkOp(
  'layerNorm of one row far from 0',
  LAYER_NORM,
  { x: { shape: [1, 4], data: Float32Array.of(3, 5, 4, 7) }, gain: floats([4]), bias: floats([4]) },
  { epsilon: 1e-5 },
);
