/**
 * Matrix product without workgroup memory. Each lane of a subgroup holds an element of A from its own row and
 * broadcasts it to the others in turn; each lane has four columns of B. For devices where a load costs much more than a
 * multiplication and workgroup memory is no faster, that is CPUs. On Mesa's llvmpipe a subgroup is one vector register.
 */
import { kernels } from '../gpu/dispatch';
import type { Broadcast } from './tiling';
import {
  declareStarts,
  startOf,
  bindingsOf,
  type Factors,
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
  isVectorized,
} from './product.wgsl';

/** WGSL of the thread's rows of A and columns of B, clamped to the matrices. */
function coordinates({ M, N }: Product, { rows, threads, subgroup }: Broadcast) {
  const columns = 4 * threads;
  return {
    /** Row of its `i`-th element of A. */
    row(i: number): string {
      const row = `first_row + ${i * subgroup}u + sublane`;
      return M % rows === 0 ? `(${row})` : `min(${row}, ${M - 1}u)`;
    },
    /** `e`-th of its four columns. */
    column: (e: number): string =>
      N % columns === 0 ? `(first_column + ${e}u)` : `min(first_column + ${e}u, ${N - 1}u)`,
  };
}

/** Element types of a pair of factors with K terms, and the loop that adds their product. */
function productLoop(
  p: Product,
  tiling: Broadcast,
  K: number,
  pair: '' | 'Second',
): { elements: Factors; loop: string } {
  const { M, N, transposeA = false, transposeB = false } = p;
  const { rows, subgroup } = tiling;
  const { row, column } = coordinates(p, tiling);
  const [startA, startB] = [startOf('a', p), startOf('b', p)];
  const [nameA, nameB] = [`a${pair}`, `b${pair}`];
  const own = upTo(rows / subgroup);
  // If B is contiguous along K, takes four steps at a time, so that each cache line is visited once.
  const isDeep = transposeB && K % 4 === 0;
  const steps = isDeep ? 4 : 1;
  const isVectorA = isDeep && !transposeA;
  const isVectorB = isDeep || (!transposeB && isVectorized(p));
  const loadA = (i: number, k: string): string =>
    transposeA ? `${nameA}[${startA}${k} * ${M}u + ${row(i)}]` : `${nameA}[${startA}${row(i)} * ${K}u + ${k}]`;
  const loadB = (k: string): string => {
    if (!transposeB && isVectorized(p)) return fourOf(p, nameB, `${startB}${k} * ${N}u + first_column`);
    const address = (e: number) =>
      startB + (transposeB ? `${column(e)} * ${K}u + ${k}` : `${k} * ${N}u + ${column(e)}`);
    return vector((e) => `${nameB}[${address(e)}]`);
  };
  const loop = `
  for (var k = 0u; k < ${K}u; k += ${steps}u) {
    ${isVectorA ? own.map((i) => `let four_a${i} = ${nameA}[(${startA}${row(i)} * ${K}u + k) / 4u];`).join(' ') : ''}
    ${
      isDeep
        ? upTo(4)
            .map((e) => `let four_b${e} = ${fourOf(p, nameB, `${startB}${column(e)} * ${K}u + k`)};`)
            .join(' ')
        : ''
    }
    ${upTo(steps)
      .map(
        (step) => `{
      ${own.map((i) => `let a${i} = ${isVectorA ? `four_a${i}[${step}]` : loadA(i, `(k + ${step}u)`)};`).join(' ')}
      let column = ${isDeep ? vector((e) => `four_b${e}[${step}]`) : loadB('k')};
      ${p.columns ? 'sum += column;' : ''}
      ${upTo(rows)
        .map(
          (r) =>
            `c${r} = fma(vec4f(subgroupBroadcast(a${Math.floor(r / subgroup)}, ${r % subgroup}u)), column, c${r});`,
        )
        .join('\n      ')}
    }`,
      )
      .join('\n    ')}
  }`;
  return { elements: [isVectorA ? 'vec4f' : 'f32', isVectorB ? 'vec4f' : 'f32'], loop };
}

const vector = (element: (e: number) => string): string => `vec4f(${upTo(4).map(element).join(', ')})`;

export const broadcastProduct: (p: Product, tiling: Broadcast) => ProductKernel = kernels(
  (p: Product, tiling: Broadcast) => {
    const { N, K, secondInner } = p;
    const { rows, threads } = tiling;
    const columns = 4 * threads;
    const first = productLoop(p, tiling, K, '');
    const second = secondInner === undefined ? undefined : productLoop(p, tiling, secondInner, 'Second');
    return {
      name: nameOf(p),
      bindings: bindingsOf(p, first.elements, second?.elements),
      workgroup: [threads, 1, 1],
      grid: [Math.ceil(N / columns), tilesDown(p, rows), 1],
      flops: flopsOf(p),
      enable: ['subgroups'],
      globals: functionsOf(p),
      body: `
  ${declareStarts(p, rows)}
  let first_row = ${tileRow(p, rows)} * ${rows}u;
  let first_column = group.x * ${columns}u + lane * 4u;
  ${upTo(rows)
    .map((r) => `var c${r} = vec4f();`)
    .join(' ')}
  ${p.columns ? 'var sum = vec4f();' : ''}
  ${first.loop}${second?.loop ?? ''}
  ${
    p.columns
      ? `if (group.y == 0u) { ${upTo(4)
          .map((e) => `if (first_column + ${e}u < ${N}u) { columns[first_column + ${e}u] = sum[${e}]; }`)
          .join(' ')} }`
      : ''
  }
  ${storeAll(
    p,
    upTo(rows).map((r) => [`c${r}`]),
    'first_row',
    'first_column',
  )}`,
    };
  },
);
