import { checkOp, floats } from '../testing/checkOp';
import { LINEAR } from './linear';

const x = floats([5, 3]);
const weight = floats([3, 7], 0.8, 1);
const bias = floats([7], 0.5, 2);
const residual = floats([5, 7], 1, 3);
checkOp('linear', LINEAR, { x, weight }, undefined);
checkOp('linear with bias', LINEAR, { x, weight, bias }, undefined);
checkOp('linear with bias and residual', LINEAR, { x, weight, bias, residual }, undefined);
checkOp('linear of one row with residual', LINEAR, { x: floats([1, 3]), weight, residual: floats([1, 7]) }, undefined);
