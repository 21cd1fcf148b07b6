/**
 * Matrix products on the GPU, one generator for all of them.
 *
 *   C = act(A B + bias) + residual      A is [M, K] or its transpose, B is [K, N] or its transpose, C [M, N], f32
 *
 * A workgroup computes a tile of C from tiles of A and B that it brings into its own memory, each thread a few rows and
 * columns in registers ("SGEMM in WebGPU" as in Boehm 2022, "How to Optimize a CUDA Matmul Kernel", kernels 5 and 6). Sizes
 * and all decisions are constants, so that the compiler can unroll and drop every check that the shape does not need.
 */
import { type Element, type Kernel, kernels } from '../gpu/dispatch';

import { GELU_WGSL } from './gelu.wgsl';
import { chosenTile, type Tile } from './tile';

export interface Product {
  M: number;
  N: number;
  K: number;
  /** A lies as [K, M]. */
  transposeA?: boolean;
  /** B lies as [N, K]. */
  transposeB?: boolean;
  bias?: boolean;
  /** y = gelu(A B + bias); what goes in is written to `pre`. */
  gelu?: boolean;
  residual?: boolean;
  /** C += instead of C =. */
  accumulate?: boolean;
  /** Also writes the sum of B over K, [N], to `columns` (a bias' gradient); B must not be transposed. */
  columns?: boolean;
}
export type ProductBinding = 'a' | 'b' | 'c' | 'bias' | 'pre' | 'residual' | 'columns';

export const product = (p: Product): Kernel<ProductBinding> => tiled(p, chosenTile(p));

/** The same with a tile of one's choice, for measuring. */
export const tiled: (p: Product, tile: Tile) => Kernel<ProductBinding> = kernels((p: Product, tile: Tile) => {
  const { M, N, K, transposeA = false, transposeB = false } = p;
  const { rows, columns, depth, perRow, perColumn } = tile;
  const threads = [columns / perColumn, rows / perRow] as const;
  const count = threads[0] * threads[1];
  const wide = N % 4 === 0;
  const a: Side = { name: 'a', extent: M, tile: rows, along: transposeA ? 'extent' : 'depth', K, depth, count };
  const b: Side = { name: 'b', extent: N, tile: columns, along: transposeB ? 'depth' : 'extent', K, depth, count };
  const c: Element = wide ? 'vec4f' : 'f32';
  const bindings: Kernel<ProductBinding>['bindings'] = {
    a: ['read', elementOf(a)],
    b: ['read', elementOf(b)],
    ...(p.bias && { bias: ['read', c] }),
    ...(p.residual && { residual: ['read', c] }),
    ...(p.gelu && { pre: ['write', c] }),
    ...(p.columns && { columns: ['write', 'f32'] }),
    c: [p.accumulate ? 'update' : 'write', c],
  };
  const i = upTo(perRow);
  const j = upTo(perColumn / 4);
  return {
    name: `product${transposeA ? ' TN' : transposeB ? ' NT' : ' NN'}`,
    bindings,
    workgroup: [...threads, 1],
    grid: [Math.ceil(N / columns), Math.ceil(M / rows), 1],
    globals: `${p.gelu ? GELU_WGSL : ''}
var<workgroup> tile_a: array<f32, ${depth * stride(rows)}>;
var<workgroup> tile_b: array<f32, ${depth * stride(columns)}>;`,
    body: `
  let first_a = group.y * ${rows}u;
  let first_b = group.x * ${columns}u;
  let row = local.y * ${perRow}u;
  let column = local.x * ${perColumn}u;
  ${i.map((r) => j.map((s) => `var c${r}_${s} = vec4f();`).join(' ')).join('\n  ')}
  ${p.columns ? 'var sum = 0.0;' : ''}
  for (var k = 0u; k < ${K}u; k += ${depth}u) {
    ${load(a)}
    ${load(b)}
    workgroupBarrier();
    for (var d = 0u; d < ${depth}u; d++) {
      let at_a = d * ${stride(rows)}u + row;
      let at_b = d * ${stride(columns)}u + column;
      ${j
        .map(
          (s) =>
            `let b${s} = vec4f(${upTo(4)
              .map((e) => `tile_b[at_b + ${4 * s + e}u]`)
              .join(', ')});`,
        )
        .join('\n      ')}
      ${i.map((r) => `let a${r} = tile_a[at_a + ${r}u];`).join('\n      ')}
      ${i.map((r) => j.map((s) => `c${r}_${s} = fma(vec4f(a${r}), b${s}, c${r}_${s});`).join(' ')).join('\n      ')}
    }
    ${p.columns ? columnSum(tile) : ''}
    workgroupBarrier();
  }
  ${i.map((r) => j.map((s) => `{ let r = first_a + row + ${r}u; let n = first_b + column + ${4 * s}u; ${store(p, wide, `c${r}_${s}`)} }`).join('\n  ')).join('\n  ')}
  ${p.columns ? `if (group.y == 0u && lane < ${columns}u && first_b + lane < ${N}u) { columns[first_b + lane] = sum; }` : ''}`,
  };
});

/** One of the two factors. `extent`: its size along M or N; `along`: the dimension in which neighbours are neighbours in memory. */
interface Side {
  name: 'a' | 'b';
  extent: number;
  tile: number;
  along: 'extent' | 'depth';
  K: number;
  depth: number;
  count: number;
}
const elementOf = ({ along, extent, K }: Side): Element =>
  (along === 'extent' ? extent : K) % 4 === 0 ? 'vec4f' : 'f32';
/** Odd, so that threads that store down a column do not meet in one memory bank. */
const stride = (tile: number): number => tile + 1;

/** Brings tile_x[d, e] = X[first + e, k + d], 0 beyond the matrix. */
function load(side: Side): string {
  const { name, extent, tile, along, K, depth, count } = side;
  const vector = elementOf(side) === 'vec4f' ? 4 : 1;
  const inner = (along === 'extent' ? tile : depth) / vector; // loads along memory
  const outer = along === 'extent' ? depth : tile;
  const [e, d] = along === 'extent' ? ['i', 'o'] : ['o', 'i'];
  const checks = [
    extent % tile === 0 ? '' : `first_${name} + ${e} < ${extent}u`,
    K % depth === 0 ? '' : `k + ${d} < ${K}u`,
  ].filter((check) => check !== '');
  const address =
    along === 'extent' ? `(k + o) * ${extent}u + first_${name} + i` : `(first_${name} + o) * ${K}u + k + i`;
  const read = vector === 4 ? `${name}[(${address}) / 4u]` : `${name}[${address}]`;
  const zero = vector === 4 ? 'vec4f()' : '0.0';
  const step = along === 'extent' ? 1 : stride(tile);
  const at = along === 'extent' ? `o * ${stride(tile)}u + i` : `i * ${stride(tile)}u + o`;
  const stores =
    vector === 4
      ? upTo(4).map((n) => `tile_${name}[${at} + ${n * step}u] = value[${n}];`)
      : [`tile_${name}[${at}] = value;`];
  const guarded =
    checks.length > 0
      ? `var value = ${zero}; if (${checks.join(' && ')}) { value = ${read}; }`
      : `let value = ${read};`;
  return `for (var n = lane; n < ${outer * inner}u; n += ${count}u) {
      let o = n / ${inner}u; let i = (n % ${inner}u) * ${vector}u;
      ${guarded} ${stores.join(' ')}
    }`;
}

const columnSum = ({ columns, depth }: Tile): string => `if (group.y == 0u && lane < ${columns}u) {
      for (var d = 0u; d < ${depth}u; d++) { sum += tile_b[d * ${stride(columns)}u + lane]; }
    }`;

/** Writes four neighbours of a row of C. */
function store(p: Product, wide: boolean, value: string): string {
  const inside = `r < ${p.M}u && n < ${p.N}u`;
  if (wide) return `if (${inside}) { let at = (r * ${p.N}u + n) / 4u; ${finish(p, value, 'n / 4u', 'vec4f')} }`;
  return upTo(4)
    .map(
      (e) =>
        `if (r < ${p.M}u && n + ${e}u < ${p.N}u) { let at = r * ${p.N}u + n + ${e}u; ${finish(p, `${value}[${e}]`, `n + ${e}u`, 'f32')} }`,
    )
    .join('\n  ');
}
function finish(p: Product, value: string, column: string, type: 'vec4f' | 'f32'): string {
  const gelu = type === 'vec4f' ? 'vec4f(gelu(v.x), gelu(v.y), gelu(v.z), gelu(v.w))' : 'gelu(v)';
  return [
    `var v = ${value};`,
    p.bias && `v += bias[${column}];`,
    p.gelu && `pre[at] = v; v = ${gelu};`,
    p.residual && 'v += residual[at];',
    p.accumulate ? 'c[at] += v;' : 'c[at] = v;',
  ]
    .filter(Boolean)
    .join(' ');
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
