import { checkOp, floats } from '../testing/checkOp';
import { LOW_RANK } from './lowRank';

const pair = { down: floats([3, 2], 0.6, 4), up: floats([2, 7], 0.7, 5) };
const given = { x: floats([5, 3]), weight: floats([3, 7], 0.8, 1), ...pair };
const beside = { bias: floats([7], 0.5, 2), residual: floats([5, 7], 1, 3) };
checkOp('lowRank', LOW_RANK, given, { scale: 1 });
checkOp('lowRank with a scale, bias and residual', LOW_RANK, { ...given, ...beside }, { scale: 2.5 });
