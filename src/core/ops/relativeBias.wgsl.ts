import { dispatch, kernels, overElements, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { sumOverWorkgroup } from './reduce.wgsl';
import type { RelativeBias, Settings } from './relativeBias';
import { rangesOf } from './relativeBuckets';

export const relativeBiasOnGpu: RelativeBias = {
  forward({ table, offset }, settings) {
    const H = table.shape[1];
    const y = emptyTensor([H, settings.queries, settings.keys], 'float32');
    dispatch(forward(H, settings, offset !== undefined), { table, offset, y });
    return { y, saved: { table, offset } };
  },
  backward(dy, { table, offset }, settings) {
    const dTable = emptyTensor(table.shape, 'float32');
    dispatch(backward(table.shape[1], settings, offset !== undefined), { dy, offset, dTable });
    return { table: dTable };
  },
};

/** Relative positions beyond this are in the same bucket as this one. */
const farthestOf = ({ maxDistance, buckets }: Settings): number => Math.max(maxDistance, buckets);

const forward = kernels((H: number, settings: Settings, hasOffset: boolean) => {
  const { queries, keys } = settings;
  const far = farthestOf(settings);
  const ranges = rangesOf(settings, far).flatMap(({ first, last }, bucket) =>
    first <= last ? [`if (relative >= ${first} && relative <= ${last}) { bucket = ${bucket}u; }`] : [],
  );
  return {
    name: 'relativeBias',
    bindings: {
      table: ['read', 'f32'],
      ...(hasOffset && { offset: ['read', 'i32'] as const }),
      y: ['write', 'f32'],
    } as const,
    ...overElements(
      H * queries * keys,
      `let query = i32(i / ${keys}u % ${queries}u)${hasOffset ? ' + offset[0]' : ''};
  let relative = clamp(i32(i % ${keys}u) - query, ${-far}, ${far});
  var bucket = 0u;
  ${ranges.join('\n  ')}
  y[i] = table[bucket * ${H}u + i / ${queries * keys}u];`,
    ),
  };
});

const THREADS = 64;
/** One workgroup per bucket and head; its threads loop over queries, and for each over the keys in that bucket. */
const backward = kernels((H: number, settings: Settings, hasOffset: boolean) => {
  const { queries, keys, buckets } = settings;
  const far = farthestOf(settings);
  const beyond = queries + keys; // beyond any relative position here, without an offset
  const cases = rangesOf(settings, far).map(({ first, last }, bucket) => {
    if (first > last) return `case ${bucket}u: { first = 1; last = 0; }`;
    const ends = [first === -far ? 'lowest' : first, last === far ? 'highest' : last];
    return `case ${bucket}u: { first = ${ends[0]}; last = ${ends[1]}; }`;
  });
  return {
    name: 'relativeBias backward',
    bindings: {
      dy: ['read', 'f32'],
      ...(hasOffset && { offset: ['read', 'i32'] as const }),
      dTable: ['write', 'f32'],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: row(buckets * H),
    globals: sumOverWorkgroup(THREADS),
    body: `
  if (index >= ${buckets * H}u) { return; }
  let h = index % ${H}u;
  let start = ${hasOffset ? 'offset[0]' : '0'};
  let lowest = -${beyond} - start;
  let highest = ${beyond};
  var first = 0;
  var last = 0;
  switch index / ${H}u {
    ${cases.join('\n    ')}
    default: { first = 1; last = 0; }
  }
  var sum = 0.0;
  for (var i = i32(lane); i < ${queries}; i += ${THREADS}) {
    let end = min(start + i + last, ${keys - 1});
    for (var j = max(start + i + first, 0); j <= end; j++) { sum += dy[(h * ${queries}u + u32(i)) * ${keys}u + u32(j)]; }
  }
  let all = reduce_sum(sum, lane, zero);
  if (lane == 0u) { dTable[index] = all; }`,
  };
});
