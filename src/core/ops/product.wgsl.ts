/** Common parts of all GPU matrix products: their parameters, and the epilogue of an element of C. */
import type { NarrowDtype } from '../base/narrowDtype';
import { BLOCK } from '../gpu/arena';
import type { Element, Kernel } from '../gpu/dispatch';
import type { Activation } from './activation';
import { activationFunctions } from './activation.wgsl';

/**
 * C = f(scale A B + bias) + residual, A [M, K], B [K, N], C [M, N], f32; or C = A B f'(pre), also with a gate. A second
 * product A' B' may be added to A B before that.
 */
export interface Product {
  M: number;
  N: number;
  K: number;
  /** A is stored as [K, M]. */
  transposeA?: boolean;
  /** B is stored as [N, K]. */
  transposeB?: boolean;
  /** A' [M, secondInner] and B' [secondInner, N], laid out like A and B; without transposeA, columns and count. */
  secondInner?: number;
  /** Storage type of B (narrowWeights.ts), if not f32. Its row length is a multiple of four, or of a block in q8. */
  rest?: NarrowDtype | undefined;
  /** Number of matrices, at multiples of `strideOf` in their tensor; without bias and columns. */
  count?: number;
  /** 1 by default. */
  scale?: number;
  bias?: boolean;
  /** C = f(A B + bias); writes the input of f to `pre`. */
  activation?: Activation;
  /** C = A B f'(pre): the gradient before an activation from the gradient after it. */
  slope?: Activation;
  /** With `slope`: pre is gate | up, and C = A B up f'(gate) | A B f(gate), both [M, 2 N]. */
  gated?: boolean;
  /** With `slope`: also writes f(pre), or up f(gate), both [M, N], to `again`. */
  again?: boolean;
  residual?: boolean;
  /** C += instead of C =. */
  accumulate?: boolean;
  /** Also writes the sum of B over K, [N], to `columns` (a bias gradient); B must not be transposed. */
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

/** Stride of several matrices of one shape in one tensor: each starts at a valid binding offset. */
export const strideOf = (rows: number, columns: number): number => Math.ceil((rows * columns) / BLOCK) * BLOCK;

/** Number of workgroups along M, one tile each, and the WGSL index of the tile's row in its own product. */
export const tilesDown = ({ M, count = 1 }: Product, rows: number): number => Math.ceil(M / rows) * count;
export const tileRow = ({ M, count }: Product, rows: number): string =>
  count === undefined ? 'group.y' : `(group.y % ${Math.ceil(M / rows)}u)`;
/** `let of_a = ...`: start of the matrices of this workgroup's product. */
export const declareStarts = ({ M, N, K, count }: Product, rows: number): string => {
  if (count === undefined) return '';
  const strides = { a: strideOf(M, K), b: strideOf(K, N), c: strideOf(M, N) };
  const lines = Object.entries(strides).map(([name, stride]) => `let of_${name} = nth * ${stride}u;`);
  return `let nth = group.y / ${Math.ceil(M / rows)}u; ${lines.join(' ')}`;
};
/** Prefix of an address in one of them. */
export const startOf = (name: 'a' | 'b' | 'c', { count }: Product): string =>
  count === undefined ? '' : `of_${name} + `;

/** Whether four neighbors in a row of C form one vector in memory. */
export const isVectorized = ({ N }: Product): boolean => N % 4 === 0;

/** Element types of A and B, and of the second pair. */
export type Factors = readonly [a: Element, b: Element];

export function bindingsOf(p: Product, [a, b]: Factors, secondFactors?: Factors): ProductKernel['bindings'] {
  const c: Element = isVectorized(p) ? 'vec4f' : 'f32';
  return {
    a: ['read', a],
    b: ['read', p.rest ? NARROW_STORAGE[p.rest].element : b],
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
  return (activation ? activationFunctions(activation) : '') + (p.rest ? NARROW_STORAGE[p.rest].widened : '');
}
/** Element type of stored B, and the WGSL that widens the `four`th group of four numbers. */
const NARROW_STORAGE: Readonly<Record<NarrowDtype, { element: Element; widened: string }>> = {
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
/** Loads four numbers of a factor from the address (WGSL) of the first, the start of a group of four. */
export const fourOf = (p: Product, name: string, address: string): string =>
  p.rest && name === 'b' ? `widened((${address}) / 4u)` : `${name}[(${address}) / 4u]`;
const activationOf = ({ activation, slope }: Product): Activation | undefined => activation ?? slope;

/**
 * Writes rows of vec4f variables from a row and column (WGSL) on, as far as they are inside. A loop writes one row and
 * moves the others up. Its start is unknown to the compiler, so that it isn't unrolled: a CPU then compiles the kernel
 * several times as fast.
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
  const row = `${startOf('c', p)}r * ${columns}u`;
  if (isVectorized(p))
    return `if (n < ${p.N}u) { let at = (${row} + n) / 4u; ${epilogue(p, value, 'n / 4u', 'vec4f')} }`;
  return upTo(4)
    .map(
      (e) =>
        `if (n + ${e}u < ${p.N}u) { let at = ${row} + n + ${e}u; ${epilogue(p, `${value}[${e}]`, `n + ${e}u`, 'f32')} }`,
    )
    .join('\n  ');
}

function epilogue(p: Product, value: string, column: string, type: 'vec4f' | 'f32'): string {
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
