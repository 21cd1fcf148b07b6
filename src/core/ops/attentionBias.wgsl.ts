/**
 * Gradient of attention's bias: ds summed over the sequences, [H, Tq, Tk].
 *
 *   ds = p (m dp - inner)      p = exp(scale q . k + bias - lse)    dp = dy . v    inner = dy . y    m: dropout, or 1
 *
 * A workgroup takes a tile of one head, computes both of its products for one sequence after the other, and sums in
 * registers. So the bits are always the same, without a [B H, Tq, Tk] tensor.
 */
import { kernels, overElements, row } from '../gpu/dispatch';
import { type Form, queryKeyPairs } from './attentionForm';
import { vectors } from './attentionTiles.wgsl';
import { upTo } from './product.wgsl';

/** Computes `sum`, the inner product of thread i's rows of dy and y; declares the row's token t, head h, sequence b. */
export function innerSum(form: Form): string {
  const { Tq, H } = form;
  const { parts, product, y } = vectors(form);
  return `let t = i % ${Tq}u; let h = i / ${Tq}u % ${H}u; let b = i / ${Tq * H}u;
  let first = ${y('t')};
  var sum = 0.0;
  for (var e = 0u; e < ${parts}u; e++) { sum += ${product('dy[first + e]', 'y[first + e]')}; }`;
}

/** Computes inner [B H, Tq] separately: with a bias, no kernel has a free binding for it. */
export const innerProducts = kernels((form: Form) => {
  const { B, Tq, H } = form;
  const { element } = vectors(form);
  return {
    name: 'attention backward, inner products',
    bindings: { y: ['read', element], dy: ['read', element], inner: ['write', 'f32'] } as const,
    ...overElements(
      B * H * Tq,
      `${innerSum(form)}
  inner[i] = sum;`,
    ),
  };
});

/** Queries and keys of a tile, and a thread's share of each. */
const TILE = 32;
const PER_THREAD = 4;
const ACROSS = TILE / PER_THREAD;
const THREADS = ACROSS * ACROSS;
/** Columns of a head in workgroup memory at a time. */
const DEPTH = 16;
/** Odd, so that threads that store down a column use different memory banks. */
const STRIDE = TILE + 1;

export const biasGradient = kernels((form: Form) => {
  const { B, Tq, Tk, H, scale, causal, dropout } = form;
  const {
    element,
    lanes,
    parts,
    inputs,
    ofQueries,
    plusBias,
    mask,
    timesKept,
    known,
    q,
    k,
    v,
    y,
    keys,
    firstSeen,
    keyHead,
  } = vectors(form);
  const [down, across] = [Math.ceil(Tq / TILE), Math.ceil(Tk / TILE)];
  const [queries, keys4] = [upTo(PER_THREAD), upTo(4)];
  const multiplied = queryKeyPairs(form) * form.D * 2;
  /** Loads vectors begin, begin + 1, ... of rows first, first + 1, ... */
  const load = (into: string, from: string, first: string, T: number, at: (row: string) => string): string => `
      { let start = ${at(`min(${first} + r, ${T - 1}u)`)};
        let value = select(${element}(), ${from}[start + min(begin + e, ${parts - 1}u)], begin + e < ${parts}u);
        ${upTo(lanes)
          .map((n) => `${into}[e * ${lanes}u + ${n}u][r] = value${lanes === 1 ? '' : `[${n}]`};`)
          .join(' ')} }`;
  const bias = (query: string): string =>
    `vec4f(${keys4.map((n) => `0.0${plusBias(query, `min(key[${n}], ${Tk - 1}u)`)}`).join(', ')})`;
  const kept = (query: string): string =>
    dropout ? ` * vec4f(${keys4.map((n) => `1.0${timesKept(query, `key[${n}]`)}`).join(', ')})` : '';
  const four = (from: string, at: string): string =>
    `vec4f(${keys4.map((n) => `${from}[d][${at} + ${n}u]`).join(', ')})`;
  const end = (query: string): string => (causal ? `min(keys, ${query} + 1u)` : 'keys');
  const isTooFarBack = firstSeen
    ? ` || first_key + ${TILE - 1}u < ${firstSeen('first_query', end('first_query'))}`
    : '';
  const isSeen = (query: string): string =>
    firstSeen
      ? `(key < vec4u(${end(query)})) & (key >= vec4u(${firstSeen(query, end(query))}))`
      : `key < vec4u(${end(query)})`;
  return {
    name: 'attention backward, bias',
    bindings: {
      ...inputs,
      ...ofQueries,
      dy: ['read', element],
      ...known.inputs,
      dBias: ['write', 'f32'],
    } as const,
    workgroup: [ACROSS, ACROSS, 1] as const,
    grid: row(down * across * H),
    flops: 2 * multiplied,
    words: multiplied / 2,
    globals:
      ['q', 'k', 'dy', 'v']
        .map((name) => `var<workgroup> tile_${name}: array<array<f32, ${STRIDE}>, ${DEPTH}>;`)
        .join('\n') + mask,
    body: `
  if (index >= ${down * across * H}u) { return; }
  let h = index / ${down * across}u;${known.key}
  let first_query = index / ${across}u % ${down}u * ${TILE}u;
  let first_key = index % ${across}u * ${TILE}u;
  let i = local.y * ${PER_THREAD}u;
  let j = local.x * ${PER_THREAD}u;
  let key = vec4u(first_key + j) + vec4u(0u, 1u, 2u, 3u);
  ${queries.map((r) => `let query${r} = min(first_query + i + ${r}u, ${Tq - 1}u); var sum${r} = vec4f();`).join('\n  ')}
  for (var b = 0u; b < ${B}u; b++) {
    let keys = ${keys};
    if (first_key >= keys${causal ? ` || first_key > first_query + ${TILE - 1}u` : ''}${isTooFarBack}) { continue; }
    ${queries.map((r) => `var s${r} = vec4f(); var dp${r} = vec4f();`).join(' ')}
    for (var begin = 0u; begin < ${parts}u; begin += ${DEPTH / lanes}u) {
      workgroupBarrier();
      for (var n = lane; n < ${(TILE * DEPTH) / lanes}u; n += ${THREADS}u) {
        let r = n / ${DEPTH / lanes}u;
        let e = n % ${DEPTH / lanes}u;
      ${load('tile_q', 'q', 'first_query', Tq, (t) => q(t))}
      ${load('tile_dy', 'dy', 'first_query', Tq, (t) => y(t))}
      ${load('tile_k', 'kv', 'first_key', Tk, (t) => k(t, keyHead))}
      ${load('tile_v', 'kv', 'first_key', Tk, (t) => v(t, keyHead))}
      }
      workgroupBarrier();
      for (var d = zero; d < ${DEPTH}u; d++) {
        let k_d = ${four('tile_k', 'j')};
        let v_d = ${four('tile_v', 'j')};
        ${queries.map((r) => `s${r} += tile_q[d][i + ${r}u] * k_d; dp${r} += tile_dy[d][i + ${r}u] * v_d;`).join('\n        ')}
      }
    }
    ${queries
      .map(
        (r) => `{
      let n = (b * ${H}u + h) * ${Tq}u + query${r};
      let p = exp(s${r} * ${scale} + ${bias(`query${r}`)} - ${known.lse('n')});
      let seen = ${isSeen(`query${r}`)};
      sum${r} += select(vec4f(), p * (dp${r}${kept(`query${r}`)} - ${known.inner('n')}), seen);
    }`,
      )
      .join('\n    ')}
  }
  ${queries
    .map(
      (r) => `if (first_query + i + ${r}u < ${Tq}u) {
    let into = (h * ${Tq}u + query${r}) * ${Tk}u;
    ${keys4.map((n) => `if (key[${n}] < ${Tk}u) { dBias[into + key[${n}]] = sum${r}[${n}]; }`).join(' ')}
  }`,
    )
    .join('\n  ')}`,
  };
});
