import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { DROPOUT } from './dropout';

const settings = { probability: 0.3, purpose: 'somewhere' };
const counter = integers([2], [-7, 12]);
checkOnGpu('dropout', DROPOUT, { x: floats([65, 127]), counter }, settings, 1e-6);
checkOnGpu('dropout with residual', DROPOUT, { x: floats([999]), counter, residual: floats([999]) }, settings, 1e-6);
for (const rows of [1, 3, 127]) {
  checkOnGpu(`dropout of ${rows} rows`, DROPOUT, { x: floats([rows, 65]), counter }, settings, 1e-6);
}
checkOnGpu('dropout of 70,000 rows', DROPOUT, { x: floats([70_000, 3]), counter }, settings, 1e-6);
