import { checkOp, floats, integers } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { RELATIVE_BIAS, type Settings } from './relativeBias';
import { bucketOf } from './relativeBuckets';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const byDefinition =
    (H: number, settings: Settings): InF64 =>
    ({ table, offset }) =>
      Array.from({ length: H * settings.queries * settings.keys }, (_, at) => {
        const [i, j] = [Math.floor(at / settings.keys) % settings.queries, at % settings.keys];
        const h = Math.floor(at / settings.keys / settings.queries);
        return table![bucketOf(j - i - (offset?.[0] ?? 0), settings) * H + h]!;
      });

  for (const [queries, keys, offset, bidirectional] of [
    [5, 5, undefined, true],
    [9, 9, undefined, false],
    [3, 11, undefined, true],
    [11, 3, undefined, false],
    [1, 12, 7, false],
    [2, 12, 9, true],
  ] as const) {
    const [H, buckets] = [3, 8];
    const settings = { queries, keys, buckets, maxDistance: 10, bidirectional };
    const sample = { table: floats([buckets, H], 2), ...(offset !== undefined && { offset: integers([1], [offset]) }) };
    const name = `relativeBias of ${queries} to ${keys} from ${offset ?? 0}, ${bidirectional ? 'both ways' : 'back'}`;
    checkOp(name, RELATIVE_BIAS, sample, settings, { inF64: byDefinition(H, settings) });
  }
});

onGpu(() => {
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
      checkOp(name, RELATIVE_BIAS, sample, settings);
    }
  }
});
