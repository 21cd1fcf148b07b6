import { checkOp, floats } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { SWIGLU } from './swiglu';

const of =
  (F: number): InF64 =>
  ({ x }) =>
    [...x!].flatMap((gate, i) => (i % (2 * F) < F ? [(gate / (1 + Math.exp(-gate))) * x![i + F]!] : []));
checkOp('swiglu', SWIGLU, { x: floats([5, 2 * 3], 4) }, undefined, of(3));
checkOp('swiglu far from 0', SWIGLU, { x: { shape: [2, 2], data: Float32Array.of(-30, 2, 30, 3) } }, undefined, of(1));
