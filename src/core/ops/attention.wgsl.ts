/**
 * Attention without its [T, T] matrix: FlashAttention-2 (Dao 2023, arXiv:2307.08691, algorithms 1 and 2).
 *
 * Forward keeps lse [B H, T] = log sum over j of exp(q[i] . k[j] / sqrt(D)). Backward makes p = exp(s - lse) again, twice:
 * once for dq, a workgroup for each tile of queries, and once for dk and dv, a workgroup for each tile of keys, because WGSL
 * cannot add floats atomically. q, k, v are read where they lie, columns of the fused matrix.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Element } from '../gpu/dispatch';
import { dispatch, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Settings, X } from './attention';
import type { Differentiable } from './op';

type Saved = X & { y: Tensor; lse: Tensor };

export const attentionOnGpu: Differentiable<X, Settings, Saved> = {
  forward({ qkv }, { rows, heads }) {
    const [BT, C3] = qkv.shape;
    const size: Size = { T: BT / rows, H: heads, D: C3 / 3 / heads };
    const y = emptyTensor([BT, C3 / 3], 'float32');
    const lse = emptyTensor([rows * heads, size.T], 'float32');
    dispatch(forward(size, rows), { qkv, y, lse });
    return { y, saved: { qkv, y, lse } };
  },
  backward(dy, { qkv, y, lse }, { rows, heads }) {
    const [BT, C3] = qkv.shape;
    const size: Size = { T: BT / rows, H: heads, D: C3 / 3 / heads };
    const dqkv = emptyTensor([BT, C3], 'float32');
    const inner = emptyTensor([rows * heads, size.T], 'float32');
    dispatch(queryGradient(size, rows), { qkv, y, dy, lse, inner, dqkv });
    dispatch(keyGradient(size, rows), { qkv, dy, lse, inner, dqkv });
    inner.dispose();
    return { qkv: dqkv };
  },
};

interface Size {
  T: number;
  H: number;
  D: number;
}

/** A workgroup takes as many rows of one head; each thread has one row whole, in registers. */
const THREADS = 32;
/** Rows that it goes over at a time: two matrices of them fit 16 KiB, which every device has. */
const heightOf = (D: number): number => [32, 16, 8, 4, 2].find((rows) => rows * (8 * D + 8) <= 16_384) ?? 1;

/**
 * A row is an array of `parts` vectors. Loops over it are left as loops: written out, they cost some compilers seconds.
 */
function tools({ T, H, D }: Size) {
  const lanes = D % 4 === 0 ? 4 : D % 2 === 0 ? 2 : 1;
  const element: Element = lanes === 4 ? 'vec4f' : lanes === 2 ? 'vec2f' : 'f32';
  const parts = D / lanes;
  const C = H * D;
  return {
    element,
    parts,
    C,
    scale: 1 / Math.sqrt(D),
    height: heightOf(D),
    array: `array<${element}, ${parts}>`,
    /** Vectors from a row's queries to its keys, or keys to values. */
    block: C / lanes,
    /** Address of the first vector of row `t` in a matrix with `width` columns, at column `start`. */
    at: (t: string, width: number, start: number) =>
      `(b * ${T}u + ${t}) * ${width / lanes}u + ${start / lanes}u + h * ${parts}u`,
    each: (line: string) => `for (var e = 0u; e < ${parts}u; e++) { ${line} }`,
    product: lanes === 1 ? (x: string, y: string) => `${x} * ${y}` : (x: string, y: string) => `dot(${x}, ${y})`,
  };
}

/** Workgroup x: tile; y: head; z: sequence. */
const grid = ({ T, H }: Size, rows: number) => [Math.ceil(T / THREADS), H, rows] as const;
const places = ({ T, H }: Size): string => `
  let h = group.y;
  let b = group.z;
  let t = group.x * ${THREADS}u + lane;
  let inside = t < ${T}u;
  let head = (b * ${H}u + h) * ${T}u;`;

const forward = kernels((size: Size, rows: number) => {
  const { element, parts, C, scale, height, array, block, at, each, product } = tools(size);
  const { T } = size;
  return {
    name: 'attention',
    bindings: { qkv: ['read', element], y: ['write', element], lse: ['write', 'f32'] } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: grid(size, rows),
    globals: `var<workgroup> keys: array<${element}, ${height * parts}>;
var<workgroup> values: array<${element}, ${height * parts}>;`,
    body: `${places(size)}
    let own = ${at(`min(t, ${T - 1}u)`, 3 * C, 0)};
    var q: ${array};
    var o: ${array};
    ${each(`q[e] = qkv[own + e] * ${scale};`)}
    var highest = -1e30;
    var sum = 0.0;
    for (var first = 0u; first < min((group.x + 1u) * ${THREADS}u, ${T}u); first += ${height}u) {
      workgroupBarrier();
      for (var m = lane; m < ${height * parts}u; m += ${THREADS}u) {
        let j = first + m / ${parts}u;
        if (j < ${T}u) {
          let source = ${at('j', 3 * C, C)} + m % ${parts}u;
          keys[m] = qkv[source];
          values[m] = qkv[source + ${block}u];
        }
      }
      workgroupBarrier();
      if (inside) {
        for (var j = 0u; j < ${height}u && first + j <= t; j++) {
          let k = j * ${parts}u;
          var s = 0.0;
          ${each(`s += ${product('q[e]', 'keys[k + e]')};`)}
          let next = max(highest, s);
          let shrink = exp(highest - next);
          let p = exp(s - next);
          highest = next;
          sum = sum * shrink + p;
          ${each('o[e] = o[e] * shrink + p * values[k + e];')}
        }
      }
    }
    if (inside) {
      let into = ${at('t', C, 0)};
      ${each('y[into + e] = o[e] / sum;')}
      lse[head + t] = highest + log(sum);
    }`,
  };
});

/** Also writes inner [B H, T] = dy . y, the row sums of dp p that both kernels need. */
const queryGradient = kernels((size: Size, rows: number) => {
  const { element, parts, C, scale, height, array, block, at, each, product } = tools(size);
  const { T } = size;
  return {
    name: 'attention backward, queries',
    bindings: {
      qkv: ['read', element],
      y: ['read', element],
      dy: ['read', element],
      lse: ['read', 'f32'],
      inner: ['write', 'f32'],
      dqkv: ['write', element],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: grid(size, rows),
    globals: `var<workgroup> keys: array<${element}, ${height * parts}>;
var<workgroup> values: array<${element}, ${height * parts}>;`,
    body: `${places(size)}
    let row = min(t, ${T - 1}u);
    let own = ${at('row', 3 * C, 0)};
    let out = ${at('row', C, 0)};
    var q: ${array};
    var g: ${array};
    var dq: ${array};
    var both = 0.0;
    ${each(`q[e] = qkv[own + e] * ${scale}; g[e] = dy[out + e]; both += ${product('g[e]', 'y[out + e]')};`)}
    let norm = lse[head + row];
    for (var first = 0u; first < min((group.x + 1u) * ${THREADS}u, ${T}u); first += ${height}u) {
      workgroupBarrier();
      for (var m = lane; m < ${height * parts}u; m += ${THREADS}u) {
        let j = first + m / ${parts}u;
        if (j < ${T}u) {
          let source = ${at('j', 3 * C, C)} + m % ${parts}u;
          keys[m] = qkv[source];
          values[m] = qkv[source + ${block}u];
        }
      }
      workgroupBarrier();
      if (inside) {
        for (var j = 0u; j < ${height}u && first + j <= t; j++) {
          let k = j * ${parts}u;
          var s = 0.0;
          ${each(`s += ${product('q[e]', 'keys[k + e]')};`)}
          var dp = 0.0;
          ${each(`dp += ${product('g[e]', 'values[k + e]')};`)}
          let ds = exp(s - norm) * (dp - both) * ${scale};
          ${each('dq[e] += ds * keys[k + e];')}
        }
      }
    }
    if (inside) {
      ${each('dqkv[own + e] = dq[e];')}
      inner[head + t] = both;
    }`,
  };
});

const keyGradient = kernels((size: Size, rows: number) => {
  const { element, parts, C, scale, height, array, block, at, each, product } = tools(size);
  const { T } = size;
  return {
    name: 'attention backward, keys',
    bindings: {
      qkv: ['read', element],
      dy: ['read', element],
      lse: ['read', 'f32'],
      inner: ['read', 'f32'],
      dqkv: ['write', element],
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: grid(size, rows),
    globals: `var<workgroup> queries: array<${element}, ${height * parts}>;
var<workgroup> slopes: array<${element}, ${height * parts}>;
var<workgroup> norms: array<f32, ${height}>;
var<workgroup> inners: array<f32, ${height}>;`,
    body: `${places(size)}
    let own = ${at(`min(t, ${T - 1}u)`, 3 * C, C)};
    let step = ${block}u;
    var k: ${array};
    var v: ${array};
    var dk: ${array};
    var dv: ${array};
    ${each('k[e] = qkv[own + e]; v[e] = qkv[own + step + e];')}
    for (var first = group.x * ${THREADS}u; first < ${T}u; first += ${height}u) {
      workgroupBarrier();
      for (var m = lane; m < ${height * parts}u; m += ${THREADS}u) {
        let i = first + m / ${parts}u;
        if (i < ${T}u) {
          queries[m] = qkv[${at('i', 3 * C, 0)} + m % ${parts}u] * ${scale};
          slopes[m] = dy[${at('i', C, 0)} + m % ${parts}u];
        }
      }
      if (lane < ${height}u) {
        let i = min(first + lane, ${T - 1}u);
        norms[lane] = lse[head + i];
        inners[lane] = inner[head + i];
      }
      workgroupBarrier();
      if (inside) {
        for (var i = max(first, t); i < min(first + ${height}u, ${T}u); i++) {
          let r = i - first;
          let q = r * ${parts}u;
          var s = 0.0;
          var dp = 0.0;
          ${each(`s += ${product('k[e]', 'queries[q + e]')}; dp += ${product('v[e]', 'slopes[q + e]')};`)}
          let p = exp(s - norms[r]);
          let ds = p * (dp - inners[r]);
          ${each('dv[e] += p * slopes[q + e]; dk[e] += ds * queries[q + e];')}
        }
      }
    }
    if (inside) {
      ${each('dqkv[own + e] = dk[e]; dqkv[own + step + e] = dv[e];')}
    }`,
  };
});
