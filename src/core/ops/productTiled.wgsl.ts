/**
 * Matrix product through workgroup memory. A workgroup computes a tile of C from tiles of A and B; each thread keeps a
 * few rows and columns in registers ("SGEMM in WebGPU" as in Boehm 2022, "How to Optimize a CUDA Matmul Kernel",
 * kernels 5 and 6). If C is small, threads of a workgroup also split K (split-K) and sum their parts in a fixed order.
 */
import { type Element, kernels } from '../gpu/dispatch';
import type { Tiled } from './tiling';
import {
  declareStarts,
  startOf,
  bindingsOf,
  flopsOf,
  fourOf,
  functionsOf,
  nameOf,
  type Product,
  type ProductKernel,
  storeAll,
  tileRow,
  tilesDown,
  upTo,
} from './product.wgsl';

export const tiledProduct: (p: Product, tiling: Tiled) => ProductKernel = kernels((p: Product, tiling: Tiled) => {
  const { M, N, K, transposeA = false, transposeB = false } = p;
  const { rows, columns, depth, perRow, perColumn, slices } = tiling;
  const threads = [columns / perColumn, rows / perRow] as const;
  const count = threads[0] * threads[1];
  const [ofA, ofB] = [startOf('a', p), startOf('b', p)];
  const factors = (K: number, of: '' | 'Second'): readonly [Factor, Factor] => {
    const common = { p, of, K, depth, count, isMultipleOfDepth: K % (slices * depth) === 0, isSplit: slices > 1 };
    return [
      { name: 'a', extent: M, tile: rows, along: transposeA ? 'extent' : 'depth', from: ofA, ...common },
      { name: 'b', extent: N, tile: columns, along: transposeB ? 'depth' : 'extent', from: ofB, ...common },
    ];
  };
  const own = factors(K, '');
  const second = p.secondInner === undefined ? undefined : factors(p.secondInner, 'Second');
  const i = upTo(perRow);
  const j = upTo(perColumn / 4);
  /** Adds the product of these factors; each slice has a share. */
  const added = ([a, b]: readonly [Factor, Factor], share = Math.ceil(a.K / slices / depth) * depth): string => `
  for (var step = 0u; step < ${share}u; step += ${depth}u) {
    let k = step${slices > 1 ? ` + local.z * ${share}u` : ''};
    ${load(a)}
    ${load(b)}
    workgroupBarrier();
    for (var d = 0u; d < ${depth}u; d++) {
      let at_a = ${inSlice(a)}d * ${stride(rows)}u + row;
      let at_b = ${inSlice(b)}d * ${stride(columns)}u + column;
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
    ${p.columns ? columnSum(b) : ''}
    workgroupBarrier();
  }`;
  return {
    name: nameOf(p),
    bindings: bindingsOf(p, elementsOf(own), second && elementsOf(second)),
    workgroup: [...threads, slices],
    grid: [Math.ceil(N / columns), tilesDown(p, rows), 1],
    flops: flopsOf(p),
    words: (flopsOf(p) * (perRow + perColumn)) / (2 * perRow * perColumn),
    globals: `${functionsOf(p)}
var<workgroup> tile_a: array<f32, ${slices * depth * stride(rows)}>;
var<workgroup> tile_b: array<f32, ${slices * depth * stride(columns)}>;
${slices > 1 ? `var<workgroup> parts: array<vec4f, ${(rows * columns) / 4}>; var<workgroup> part_columns: array<f32, ${columns}>;` : ''}`,
    body: `
  ${declareStarts(p, rows)}
  let first_a = ${tileRow(p, rows)} * ${rows}u;
  let first_b = group.x * ${columns}u;
  let row = local.y * ${perRow}u;
  let column = local.x * ${perColumn}u;
  let own = ${slices > 1 ? `lane % ${count}u` : 'lane'};
  ${slices > 1 ? `let slice_a = local.z * ${depth * stride(rows)}u; let slice_b = local.z * ${depth * stride(columns)}u;` : ''}
  ${i.map((r) => j.map((s) => `var c${r}_${s} = vec4f();`).join(' ')).join('\n  ')}
  ${p.columns ? 'var sum = 0.0;' : ''}
  ${added(own)}${second ? added(second) : ''}
  ${slices > 1 ? addSlices(p, tiling) : ''}
  ${slices > 1 ? 'if (local.z == 0u)' : ''} {
  ${storeAll(
    p,
    i.map((r) => j.map((s) => `c${r}_${s}`)),
    '(first_a + row)',
    '(first_b + column)',
  )}
  ${p.columns ? `if (group.y == 0u && own < ${columns}u && first_b + own < ${N}u) { columns[first_b + own] = sum; }` : ''}
  }`,
  };
});

/** One of the two factors. `extent`: its size along M or N; `along`: its contiguous dimension. */
interface Factor {
  name: 'a' | 'b';
  p: Product;
  /** Selects the pair. */
  of: '' | 'Second';
  extent: number;
  tile: number;
  along: 'extent' | 'depth';
  /** Prefix of its addresses. */
  from: string;
  K: number;
  depth: number;
  /** Threads per slice. */
  count: number;
  /** K is a multiple of the depth loaded at a time. */
  isMultipleOfDepth: boolean;
  isSplit: boolean;
}
const elementOf = ({ along, extent, K }: Factor): Element =>
  (along === 'extent' ? extent : K) % 4 === 0 ? 'vec4f' : 'f32';
const elementsOf = ([a, b]: readonly [Factor, Factor]) => [elementOf(a), elementOf(b)] as const;
/** Odd, so that threads that store down a column use different memory banks. */
const stride = (tile: number): number => tile + 1;
const inSlice = ({ name, isSplit }: Factor): string => (isSplit ? `slice_${name} + ` : '');

/** Loads tile_x[d, e] = X[first + e, k + d], 0 beyond the matrix. */
function load(factor: Factor): string {
  const { p, name, of, extent, tile, along, from, K, depth, count, isMultipleOfDepth } = factor;
  const vector = elementOf(factor) === 'vec4f' ? 4 : 1;
  const inner = (along === 'extent' ? tile : depth) / vector; // loads along memory
  const outer = along === 'extent' ? depth : tile;
  const [e, d] = along === 'extent' ? ['i', 'o'] : ['o', 'i'];
  const checks = [
    extent % tile === 0 ? '' : `first_${name} + ${e} < ${extent}u`,
    isMultipleOfDepth ? '' : `k + ${d} < ${K}u`,
  ].filter((check) => check !== '');
  const address =
    from + (along === 'extent' ? `(k + o) * ${extent}u + first_${name} + i` : `(first_${name} + o) * ${K}u + k + i`);
  const of4 = fourOf(p, name + of, address);
  const read = vector === 4 ? of4 : `${name}${of}[${address}]`;
  const zero = vector === 4 ? 'vec4f()' : '0.0';
  const step = along === 'extent' ? 1 : stride(tile);
  const at = `${inSlice(factor)}${along === 'extent' ? `o * ${stride(tile)}u + i` : `i * ${stride(tile)}u + o`}`;
  const stores =
    vector === 4
      ? upTo(4).map((n) => `tile_${name}[${at} + ${n * step}u] = value[${n}];`)
      : [`tile_${name}[${at}] = value;`];
  const guarded =
    checks.length > 0
      ? `var value = ${zero}; if (${checks.join(' && ')}) { value = ${read}; }`
      : `let value = ${read};`;
  return `for (var n = own; n < ${outer * inner}u; n += ${count}u) {
      let o = n / ${inner}u; let i = (n % ${inner}u) * ${vector}u;
      ${guarded} ${stores.join(' ')}
    }`;
}

const columnSum = (factor: Factor): string => `if (group.y == 0u && own < ${factor.tile}u) {
      for (var d = 0u; d < ${factor.depth}u; d++) { sum += tile_b[${inSlice(factor)}d * ${stride(factor.tile)}u + own]; }
    }`;

/** Adds the other slices' sums to the first slice, one after the other. */
function addSlices(p: Product, { perRow, perColumn, rows, columns, slices }: Tiled): string {
  const count = (rows * columns) / perRow / perColumn;
  const accumulators = upTo(perRow).flatMap((r) => upTo(perColumn / 4).map((s) => `c${r}_${s}`));
  return `for (var s = 1u; s < ${slices}u; s++) {
    if (local.z == s) {
      ${accumulators.map((c, i) => `parts[${i * count}u + own] = ${c};`).join(' ')}
      ${p.columns ? `if (own < ${columns}u) { part_columns[own] = sum; }` : ''}
    }
    workgroupBarrier();
    if (local.z == 0u) {
      ${accumulators.map((c, i) => `${c} += parts[${i * count}u + own];`).join(' ')}
      ${p.columns ? `if (own < ${columns}u) { sum += part_columns[own]; }` : ''}
    }
    workgroupBarrier();
  }`;
}
