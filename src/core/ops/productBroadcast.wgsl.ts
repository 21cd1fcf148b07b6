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

export const broadcastProduct: (p: Product, tiling: Broadcast) => ProductKernel = kernels(
  (p: Product, tiling: Broadcast) => {
    const { M, N, K, transposeA = false, transposeB = false } = p;
    const { rows, threads, subgroup } = tiling;
    const columns = 4 * threads;
    const rowOf = (q: number): string => {
      const row = `first_row + ${q * subgroup}u + sublane`;
      return M % rows === 0 ? `(${row})` : `min(${row}, ${M - 1}u)`;
    };
    const columnOf = (e: number): string =>
      N % columns === 0 ? `(first_column + ${e}u)` : `min(first_column + ${e}u, ${N - 1}u)`;
    const [ofA, ofB] = [startOf('a', p), startOf('b', p)];
    const q = upTo(rows / subgroup);
    /** Factors with K terms, and the code that adds their product. */
    const factors = (K: number, of: '' | 'Second') => {
      // If B is contiguous along K, takes four steps at a time, so that each cache line is visited once.
      const deep = transposeB && K % 4 === 0;
      const steps = deep ? 4 : 1;
      const vectorA = deep && !transposeA;
      const [nameA, nameB] = [`a${of}`, `b${of}`];
      const loadA = (q: number, k: string): string =>
        transposeA ? `${nameA}[${ofA}${k} * ${M}u + ${rowOf(q)}]` : `${nameA}[${ofA}${rowOf(q)} * ${K}u + ${k}]`;
      const loadB = (k: string): string => {
        if (!transposeB && isVectorized(p)) return fourOf(p, nameB, `${ofB}${k} * ${N}u + first_column`);
        const at = (e: number) =>
          ofB + (transposeB ? `${columnOf(e)} * ${K}u + ${k}` : `${k} * ${N}u + ${columnOf(e)}`);
        return `vec4f(${upTo(4)
          .map((e) => `${nameB}[${at(e)}]`)
          .join(', ')})`;
      };
      const elements: Factors = [vectorA ? 'vec4f' : 'f32', deep || (!transposeB && isVectorized(p)) ? 'vec4f' : 'f32'];
      const added = `
  for (var k = 0u; k < ${K}u; k += ${steps}u) {
    ${vectorA ? q.map((i) => `let four_a${i} = ${nameA}[(${ofA}${rowOf(i)} * ${K}u + k) / 4u];`).join(' ') : ''}
    ${
      deep
        ? upTo(4)
            .map((e) => `let four_b${e} = ${fourOf(p, nameB, `${ofB}${columnOf(e)} * ${K}u + k`)};`)
            .join(' ')
        : ''
    }
    ${upTo(steps)
      .map(
        (u) => `{
      ${q.map((i) => `let a${i} = ${vectorA ? `four_a${i}[${u}]` : loadA(i, `(k + ${u}u)`)};`).join(' ')}
      let column = ${
        deep
          ? `vec4f(${upTo(4)
              .map((e) => `four_b${e}[${u}]`)
              .join(', ')})`
          : loadB('k')
      };
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
      return { elements, added };
    };
    const own = factors(K, '');
    const second = p.secondInner === undefined ? undefined : factors(p.secondInner, 'Second');
    return {
      name: nameOf(p),
      bindings: bindingsOf(p, own.elements, second?.elements),
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
  ${own.added}${second?.added ?? ''}
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
