/**
 * Attention's gradients. Recomputes p = exp(s - lse) twice: for dq, with a workgroup per tile of queries, and for dk
 * and dv, with a workgroup per tile of keys, because WGSL has no atomic float addition.
 *
 *   ds = p (m dp - inner)      dp[i, j] = dy[i] . v[j]      inner[i] = dy[i] . y[i], which is the row sum of m dp p
 *   dq = scale ds k      dk = scale ds^T q      dv = (m p)^T dy      gradient of a bias: attentionBias.wgsl.ts
 *
 * m: the mask of dropout, 1 without.
 */
import { kernels } from '../gpu/dispatch';
import type { Form } from './attentionForm';
import type { LoadStrategy } from './attentionRows.wgsl';
import { tiles } from './attentionTiles.wgsl';

/** Also writes inner [B H, Tq] for both kernels, unless a bias or dropout needs it earlier: at most eight bindings. */
export const queryGradient = kernels((form: Form, strategy: LoadStrategy) => {
  const { Tq, H, scale, hasBias, dropout } = form;
  const by = tiles(form, strategy);
  const isPrepared = hasBias || dropout !== undefined;
  const {
    element,
    inputs,
    array,
    each,
    join,
    isFirst,
    product,
    plusBias,
    timesKept,
    known,
    q,
    y,
    shape,
    work,
    places,
    sees,
    pass,
  } = by;
  return {
    name: 'attention backward, queries',
    bindings: {
      ...inputs,
      ...by.ofQueries,
      ...(!isPrepared && { y: ['read', element] as const }),
      dy: ['read', element],
      ...known.inputs,
      ...(!isPrepared && { inner: ['write', 'f32'] as const }),
      dq: ['write', element],
    } as const,
    ...shape(Tq, H),
    ...work(3),
    body: `${places(Tq, H)}
  let at = ${q('own')};
  let out = ${y('own')};
  let n = (b * ${H}u + h) * ${Tq}u + own;
  var q_t: ${array};
  var dy_t: ${array};
  var dq_t: ${array};
  ${isPrepared ? `let sum = ${known.inner('n')};` : 'var sum = 0.0;'}
  ${each(`q_t[e] = q[at + c] * ${scale}; dy_t[e] = dy[out + c];${isPrepared ? '' : ` sum += ${product('dy_t[e]', 'y[out + c]')};`}`, 'inside')}
  ${isPrepared ? '' : join(['sum'])}
  let norm = ${known.lse('n')};${known.key}
  ${by.seenKeys}
  ${pass({
    ...by.keysThatPass,
    dots: { s: ['q_t', 'near'], dp: ['dy_t', 'far'] },
    weigh: (rows, j) =>
      rows
        .map(
          (i) =>
            `let ds${i} = select(0.0, exp(s${i}${plusBias('own', j(i))} - norm) * (dp${i}${timesKept('own', j(i))} - sum) * ${scale}, ${sees(j(i))});`,
        )
        .join('\n      '),
    sums: { dq_t: ['ds', 'near'] },
  })}
  if (t < ${Tq}u) {
    ${each('dq[at + c] = dq_t[e];', 'inside')}
    ${isPrepared ? '' : `if (${isFirst}) { inner[n] = sum; }`}
  }`,
  };
});

/** Loops over all query heads that share a key-value head. */
export const keyGradient = kernels((form: Form, strategy: LoadStrategy) => {
  const { Tq, Tk, H, KV, scale, dropout } = form;
  const by = tiles(form, strategy);
  const { element, inputs, array, each, plusBias, timesKept, known, q, k, v, y, shape, work, places, isSeenBy, pass } =
    by;
  return {
    name: 'attention backward, keys',
    bindings: {
      ...inputs,
      ...by.ofKeys,
      dy: ['read', element],
      ...known.inputs,
      dkv: ['write', element],
    } as const,
    ...shape(Tk, KV),
    ...work(4),
    body: `${places(Tk, KV)}
  let at = ${k('own')};
  let out = ${v('own')};
  var k_t: ${array};
  var v_t: ${array};
  var dk_t: ${array};
  var dv_t: ${array};
  ${each('k_t[e] = kv[at + c]; v_t[e] = kv[out + c];', 'inside')}
  ${by.seeingQueries}${known.key}
  for (var head = h * ${H / KV}u; head < (h + 1u) * ${H / KV}u; head++) {
    let n = (b * ${H}u + head) * ${Tq}u;
    ${pass({
      ...by.queriesThatPass,
      near: (j) => `q[${q(j, 'head')} + c] * ${scale}`,
      far: (j) => `dy[${y(j, 'head')} + c]`,
      numbers: (j) => known.both(`n + ${j}`),
      dots: { s: ['k_t', 'near'], dp: ['v_t', 'far'] },
      weigh: (rows, j, numbers) =>
        rows
          .map(
            (i) => `let of_query${i} = ${numbers(i)};
      let p${i} = select(0.0, exp(s${i}${plusBias(j(i), 'own', 'head')} - of_query${i}.x), ${isSeenBy(j(i))});
      let ds${i} = p${i} * (dp${i}${timesKept(j(i), 'own', 'head')} - of_query${i}.y);${dropout ? ` let kept${i} = p${i}${timesKept(j(i), 'own', 'head')};` : ''}`,
          )
          .join('\n      '),
      sums: { dk_t: ['ds', 'near'], dv_t: [dropout ? 'kept' : 'p', 'far'] },
    })}
  }
  if (t < ${Tk}u) {
    ${each('dkv[at + c] = dk_t[e]; dkv[out + c] = dv_t[e];', 'inside')}
  }`,
  };
});
