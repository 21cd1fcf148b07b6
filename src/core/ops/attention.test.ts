import { checkOp, floats } from '../testing/checkOp';
import { ATTENTION } from './attention';

checkOp('attention', ATTENTION, { qkv: floats([2 * 5, 3 * 6], 1.5) }, { rows: 2, heads: 2 });
checkOp('attention of one head over one row', ATTENTION, { qkv: floats([7, 9]) }, { rows: 1, heads: 1 });
checkOp('attention over one token', ATTENTION, { qkv: floats([3, 12]) }, { rows: 3, heads: 4 });
