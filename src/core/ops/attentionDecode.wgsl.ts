/**
 * Attention of a single query per sequence, as in decoding. Each head has a workgroup whose threads split the keys for
 * scores and the columns for values. Both are read in order, and no thread is a bottleneck.
 */
import { kernels, row } from '../gpu/dispatch';
import { type Form, queryKeyPairs } from './attentionForm';
import { vectors } from './attentionTiles.wgsl';
import { maxOverWorkgroup, sumOverWorkgroup } from './reduce.wgsl';

const THREADS = 64;
/** Maximum vectors of a row: one per thread. */
export const MAX_SPLITS = THREADS;
/** Keys scored before their values are added. */
const BLOCK = 256;

export const decodeForward = kernels((form: Form) => {
  const { B, H, scale, causal, hasBias } = form;
  const { element, parts, inputs, product, plusBias, sequence, keys, firstSeen, keyHead, q, k, v, y } = vectors(form);
  const teams = Math.floor(THREADS / parts); // each team adds the values of every teams-th key
  return {
    name: 'attention of one query',
    bindings: {
      ...inputs,
      y: ['write', element],
      lse: ['write', 'f32'],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: row(B * H),
    flops: 4 * queryKeyPairs(form) * form.D,
    globals: `${maxOverWorkgroup(THREADS)}${sumOverWorkgroup(THREADS)}
var<workgroup> query: array<${element}, ${parts}>;
var<workgroup> scores: array<f32, ${BLOCK}>;
var<workgroup> sums: array<${element}, ${teams * parts}>;`,
    body: `
  if (index >= ${B * H}u) { return; }
  ${sequence('index', H)}
  let keys = ${causal ? `min(1u, ${keys})` : keys};
  let team = lane / ${parts}u;
  let column = lane % ${parts}u;
  if (team == 0u) { query[lane] = q[${q('0u')} + lane] * ${scale}; }
  var highest = -1e30;
  var sum = 0.0;
  var o = ${element}();
  for (var first = ${firstSeen?.('0u', 'keys') ?? '0u'}; first < keys; first += ${BLOCK}u) {
    let count = min(keys - first, ${BLOCK}u);
    workgroupBarrier();
    var best = highest;
    for (var j = lane; j < count; j += ${THREADS}u) {
      let at = ${k('(first + j)', keyHead)};
      var s = 0.0;
      for (var e = 0u; e < ${parts}u; e++) { s += ${product('query[e]', 'kv[at + e]')}; }
      ${hasBias ? `s = s${plusBias('0u', '(first + j)')};` : ''}
      scores[j] = s;
      best = max(best, s);
    }
    let next = reduce_max(best, lane, zero);
    let shrink = exp(highest - next);
    var added = 0.0;
    for (var j = lane; j < count; j += ${THREADS}u) {
      let p = exp(scores[j] - next);
      scores[j] = p;
      added += p;
    }
    sum = sum * shrink + reduce_sum(added, lane, zero);
    highest = next;
    o *= shrink;
    if (team < ${teams}u) {
      for (var j = team; j < count; j += ${teams}u) {
        o += scores[j] * kv[${v('(first + j)', keyHead)} + column];
      }
    }
  }
  if (team < ${teams}u) { sums[lane] = o; }
  workgroupBarrier();
  if (team == 0u) {
    for (var other = 1u; other < ${teams}u; other++) { o += sums[other * ${parts}u + lane]; }
    y[${y('0u')} + lane] = select(o / sum, ${element}(), keys == 0u);
  }
  if (lane == 0u) { lse[index] = select(highest + log(sum), 0.0, keys == 0u); }`,
  };
});
