/**
 * Attention's gradients. p = exp(s - lse) is made again twice: for dq, a workgroup for each tile of queries, and for dk and
 * dv, a workgroup for each tile of keys, because WGSL cannot add floats atomically.
 *
 *   ds = p (dp - inner)      dp[i, j] = dy[i] . v[j]      inner[i] = dy[i] . y[i], which is the row sum of dp p
 *   dq = scale ds k      dk = scale ds^T q      dv = p^T dy
 */
import { kernels } from '../gpu/dispatch';
import type { Form } from './attentionForm';
import type { Way } from './attentionPassing.wgsl';
import { tiles } from './attentionTiles.wgsl';

/** Also writes inner [B H, Tq], which both kernels need. */
export const queryGradient = kernels((form: Form, way: Way) => {
  const { Tq, H, scale, causal, limited } = form;
  const { element, array, each, join, isFirst, product, q, k, v, y, keyHead, shape, work, places, pass } = tiles(
    form,
    way,
  );
  return {
    name: 'attention backward, queries',
    bindings: {
      q: ['read', element],
      kv: ['read', element],
      ...(limited && { lengths: ['read', 'i32'] as const }),
      y: ['read', element],
      dy: ['read', element],
      lse: ['read', 'f32'],
      inner: ['write', 'f32'],
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
  var sum = 0.0;
  ${each(`q_t[e] = q[at + c] * ${scale}; dy_t[e] = dy[out + c]; sum += ${product('dy_t[e]', 'y[out + c]')};`, 'inside')}
  ${join(['sum'])}
  let norm = lse[n];
  let seen = select(0u, ${causal ? 'min(keys, t + 1u)' : 'keys'}, t < ${Tq}u);
  ${pass({
    from: '0u',
    to: causal ? 'min(keys, past)' : 'keys',
    near: (j) => `kv[${k(j, keyHead)} + c]`,
    far: (j) => `kv[${v(j, keyHead)} + c]`,
    dots: { s: ['q_t', 'near'], dp: ['dy_t', 'far'] },
    weigh: (rows, j) =>
      rows
        .map((i) => `let ds${i} = select(0.0, exp(s${i} - norm) * (dp${i} - sum) * ${scale}, ${j(i)} < seen);`)
        .join('\n      '),
    sums: { dq_t: ['ds', 'near'] },
  })}
  if (t < ${Tq}u) {
    ${each('dq[at + c] = dq_t[e];', 'inside')}
    if (${isFirst}) { inner[n] = sum; }
  }`,
  };
});

/** Goes over all heads of queries that share a head of keys. */
export const keyGradient = kernels((form: Form, way: Way) => {
  const { Tq, Tk, H, KV, scale, causal, limited } = form;
  const { element, array, each, q, k, v, y, shape, work, places, pass } = tiles(form, way);
  return {
    name: 'attention backward, keys',
    bindings: {
      q: ['read', element],
      kv: ['read', element],
      ...(limited && { lengths: ['read', 'i32'] as const }),
      dy: ['read', element],
      lse: ['read', 'f32'],
      inner: ['read', 'f32'],
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
  let queries = select(0u, ${Tq}u, tile < keys);
  let end = select(0u, ${Tq}u, t < keys);
  for (var head = h * ${H / KV}u; head < (h + 1u) * ${H / KV}u; head++) {
    let n = (b * ${H}u + head) * ${Tq}u;
    ${pass({
      from: causal ? 'tile' : '0u',
      to: 'queries',
      near: (j) => `q[${q(j, 'head')} + c] * ${scale}`,
      far: (j) => `dy[${y(j, 'head')} + c]`,
      numbers: (j) => `vec2f(lse[n + ${j}], inner[n + ${j}])`,
      dots: { s: ['k_t', 'near'], dp: ['v_t', 'far'] },
      weigh: (rows, j, numbers) =>
        rows
          .map(
            (i) => `let of_query${i} = ${numbers(i)};
      let p${i} = select(0.0, exp(s${i} - of_query${i}.x), ${causal ? `${j(i)} >= t && ` : ''}${j(i)} < end);
      let ds${i} = p${i} * (dp${i} - of_query${i}.y);`,
          )
          .join('\n      '),
      sums: { dk_t: ['ds', 'near'], dv_t: ['p', 'far'] },
    })}
  }
  if (t < ${Tk}u) {
    ${each('dkv[at + c] = dk_t[e]; dkv[out + c] = dv_t[e];', 'inside')}
  }`,
  };
});
