/** What all ways to multiply matrices on the GPU share: what is asked of them, and how an element of C is finished. */
import type { NarrowDtype } from '../base/narrowDtype';
import { BLOCK } from '../gpu/arena';
import type { Element, Kernel } from '../gpu/dispatch';
import type { Activation } from './activation';
import { activationFunctions } from './activation.wgsl';

/**
 * C = f(scale A B + bias) + residual, A [M, K], B [K, N], C [M, N], f32; or C = A B f'(pre), which may be that of a gate. To A B
 * another product A' B' may be added on the way.
 */
export interface Product {
  M: number;
  N: number;
  K: number;
  /** A lies as [K, M]. */
  transposeA?: boolean;
  /** B lies as [N, K]. */
  transposeB?: boolean;
  /** A' [M, secondInner] and B' [secondInner, N], laid out like A and B; without transposeA, columns and count. */
  secondInner?: number;
  /** How B rests (narrowWeights.ts), where not in f32: N and K, as far as it lies along them, are whole groups of four, in q8 whole blocks. */
  rest?: NarrowDtype | undefined;
  /** So many of them, each matrix where `strideOf` says in its tensor; without bias and columns. */
  count?: number;
  /** 1 where it is not given. */
  scale?: number;
  bias?: boolean;
  /** C = f(A B + bias); what goes in is written to `pre`. */
  activation?: Activation;
  /** C = A B f'(pre): the gradient before an activation from the one after it. */
  slope?: Activation;
  /** With `slope`: pre is gate | up, and C = A B up f'(gate) | A B f(gate), both [M, 2 N]. */
  gated?: boolean;
  /** With `slope`: also writes f(pre), of a gate up f(gate), both [M, N], to `again`. */
  again?: boolean;
  residual?: boolean;
  /** C += instead of C =. */
  accumulate?: boolean;
  /** Also writes the sum of B over K, [N], to `columns` (a bias' gradient); B must not be transposed. */
  columns?: boolean;
}
export type ProductBinding =
  | 'a'
  | 'b'
  | 'aSecond'
  | 'bSecond'
  | 'c'
  | 'bias'
  | 'pre'
  | 'again'
  | 'residual'
  | 'columns';
export type ProductKernel = Kernel<ProductBinding>;

export const flopsOf = ({ M, N, K, secondInner = 0, count = 1 }: Product): number =>
  2 * M * N * (K + secondInner) * count;

/** Numbers from one matrix to the next where several of a shape lie in one tensor: each begins where a binding may. */
export const strideOf = (rows: number, columns: number): number => Math.ceil((rows * columns) / BLOCK) * BLOCK;

/** Workgroups from top to bottom, a tile each, and in WGSL what the tile's row of its own product is. */
export const tilesDown = ({ M, count = 1 }: Product, rows: number): number => Math.ceil(M / rows) * count;
export const tileRow = ({ M, count }: Product, rows: number): string =>
  count === undefined ? 'group.y' : `(group.y % ${Math.ceil(M / rows)}u)`;
/** `let of_a = ...`: where the matrices of this workgroup's product begin. */
export const beginnings = ({ M, N, K, count }: Product, rows: number): string => {
  if (count === undefined) return '';
  const strides = { a: strideOf(M, K), b: strideOf(K, N), c: strideOf(M, N) };
  const lines = Object.entries(strides).map(([name, stride]) => `let of_${name} = nth * ${stride}u;`);
  return `let nth = group.y / ${Math.ceil(M / rows)}u; ${lines.join(' ')}`;
};
/** What an address in one of them begins with. */
export const beginsAt = (name: 'a' | 'b' | 'c', { count }: Product): string =>
  count === undefined ? '' : `of_${name} + `;

/** Whether four neighbors of a row of C are one vector in memory. */
export const wide = ({ N }: Product): boolean => N % 4 === 0;

/** How the factors are seen: A and B, and the second pair. */
export type Factors = readonly [a: Element, b: Element];

export function bindingsOf(p: Product, [a, b]: Factors, secondFactors?: Factors): ProductKernel['bindings'] {
  const c: Element = wide(p) ? 'vec4f' : 'f32';
  return {
    a: ['read', a],
    b: ['read', p.rest ? RESTING[p.rest].element : b],
    ...(secondFactors && { aSecond: ['read', secondFactors[0]], bSecond: ['read', secondFactors[1]] }),
    ...(p.bias && { bias: ['read', c] }),
    ...(p.residual && { residual: ['read', c] }),
    ...(activationOf(p) && { pre: [p.activation ? 'write' : 'read', c] }),
    ...(p.again && { again: ['write', c] }),
    ...(p.columns && { columns: ['write', 'f32'] }),
    c: [p.accumulate ? 'update' : 'write', c],
  };
}

export const nameOf = ({ transposeA, transposeB }: Product): string =>
  `product ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;

export function functionsOf(p: Product): string {
  const activation = activationOf(p);
  return (activation ? activationFunctions(activation) : '') + (p.rest ? RESTING[p.rest].widened : '');
}
/** How B is seen, and what gives its four numbers from the `four`th group of four on. */
const RESTING: Readonly<Record<NarrowDtype, { element: Element; widened: string }>> = {
  f16: {
    element: 'vec2u',
    widened: `
fn widened(four: u32) -> vec4f { let two = b[four]; return vec4f(unpack2x16float(two.x), unpack2x16float(two.y)); }
`,
  },
  q8: {
    element: 'u32',
    widened: `
fn widened(four: u32) -> vec4f {
  let block = four / 8u * 9u;
  let bytes = bitcast<i32>(b[block + 1u + four % 8u]);
  return bitcast<f32>(b[block]) * vec4f(vec4i(
    extractBits(bytes, 0u, 8u), extractBits(bytes, 8u, 8u), extractBits(bytes, 16u, 8u), extractBits(bytes, 24u, 8u)));
}
`,
  },
};
/** Four numbers of a factor, from the address (WGSL) of the first, which is one of a whole group. */
export const fourOf = (p: Product, name: string, address: string): string =>
  p.rest && name === 'b' ? `widened((${address}) / 4u)` : `${name}[(${address}) / 4u]`;
const activationOf = ({ activation, slope }: Product): Activation | undefined => activation ?? slope;

/**
 * Writes rows of variables, vec4f each, from row and column (WGSL) on, as far as they are inside. One row is written in a
 * loop, through which the others move up, and which begins where no compiler knows, so that none unrolls it: a processor
 * then compiles the kernel several times as fast.
 */
export const storeAll = (p: Product, values: readonly (readonly string[])[], row: string, column: string): string => `
  let end = min(${row} + ${values.length}u, ${p.M}u);
  for (var r = ${row}; r < end; r++) {
    ${values[0]!.map((value, i) => `{ let n = ${column} + ${4 * i}u; ${store(p, value)} }`).join('\n    ')}
    ${values
      .slice(1)
      .flatMap((next, r) => next.map((value, i) => `${values[r]![i]!} = ${value};`))
      .join(' ')}
  }`;

/** Writes a vec4f to row `r` of C, columns `n` to n + 3. */
function store(p: Product, value: string): string {
  const columns = p.gated ? 2 * p.N : p.N;
  const row = `${beginsAt('c', p)}r * ${columns}u`;
  if (wide(p)) return `if (n < ${p.N}u) { let at = (${row} + n) / 4u; ${finish(p, value, 'n / 4u', 'vec4f')} }`;
  return upTo(4)
    .map(
      (e) =>
        `if (n + ${e}u < ${p.N}u) { let at = ${row} + n + ${e}u; ${finish(p, `${value}[${e}]`, `n + ${e}u`, 'f32')} }`,
    )
    .join('\n  ');
}

function finish(p: Product, value: string, column: string, type: 'vec4f' | 'f32'): string {
  const each = (name: string, x: string) =>
    type === 'vec4f' ? `vec4f(${['x', 'y', 'z', 'w'].map((e) => `${name}(${x}.${e})`).join(', ')})` : `${name}(${x})`;
  if (p.slope && p.gated) {
    const inRow = `r * ${type === 'vec4f' ? p.N / 4 : p.N}u + ${column}`;
    const second = `at + ${type === 'vec4f' ? p.N / 4 : p.N}u`;
    const [slope, f] = [each('activation_slope', 'gate'), each('activation', 'gate')];
    const again = p.again ? ` again[${inRow}] = up * ${f};` : '';
    return `let gate = pre[at]; let up = pre[${second}]; c[at] = ${value} * up * ${slope}; c[${second}] = ${value} * ${f};${again}`;
  }
  return [
    `var v = ${value}${p.scale === undefined ? '' : ` * ${p.scale}`};`,
    p.bias && `v += bias[${column}];`,
    p.activation && `pre[at] = v; v = ${each('activation', 'v')};`,
    p.slope && `let u = pre[at]; v *= ${each('activation_slope', 'u')};`,
    p.again && `again[at] = ${each('activation', 'u')};`,
    p.residual && 'v += residual[at];',
    p.accumulate ? 'c[at] += v;' : 'c[at] = v;',
  ]
    .filter(Boolean)
    .join(' ');
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
