import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { RELATIVE_BIAS } from './relativeBias';

for (const [queries, keys, H, offset] of [
  [1, 1, 1, undefined],
  [3, 5, 2, undefined],
  [65, 65, 3, undefined],
  [127, 9, 8, undefined],
  [9, 300, 2, undefined],
  [1, 300, 6, 211],
  [5, 300, 2, 295],
] as const) {
  for (const bidirectional of [true, false]) {
    const settings = { queries, keys, buckets: 32, maxDistance: 128, bidirectional };
    const sample = { table: floats([32, H], 2), ...(offset !== undefined && { offset: integers([1], [offset]) }) };
    const name = `relativeBias of ${queries} to ${keys} from ${offset ?? 0}, ${bidirectional ? 'both ways' : 'back'}`;
    checkOnGpu(name, RELATIVE_BIAS, sample, settings);
  }
}
