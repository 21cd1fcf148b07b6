/**
 * What attention's kernels share: a thread, or a few together, have a row of one head (a query or a key: their own) in
 * registers, and the rows that it meets (keys or queries) pass by.
 */
import { type Element, type Kernel, row } from '../gpu/dispatch';
import { columnsOfValues, type Form, meetings } from './attentionForm';
import { type Matrix, rowLoader, type Rows, type LoadStrategy } from './attentionRows.wgsl';
import { upTo } from './product.wgsl';

/** A row of D numbers is an array of `parts` vectors. */
export function vectors(form: Form) {
  const { D, B, Tq, Tk, H, KV, q, kv, limited, biased } = form;
  const lanes = D % 4 === 0 ? 4 : D % 2 === 0 ? 2 : 1;
  const parts = D / lanes;
  const element: Element = lanes === 4 ? 'vec4f' : lanes === 2 ? 'vec2f' : 'f32';
  const at =
    (T: number, { stride, start }: Form['kv']) =>
    (t: string, head = 'h'): string =>
      `((b * ${T}u + ${t}) * ${stride / lanes}u + ${start / lanes}u + ${head} * ${parts}u)`;
  return {
    element,
    /** Numbers of a vector. */
    lanes,
    parts,
    bytes: 4 * D,
    product: (x: string, y: string): string => (lanes === 1 ? `${x} * ${y}` : `dot(${x}, ${y})`),
    /** Index of the first vector of a row: of q, k and v where they lie, and of y. */
    q: at(Tq, q),
    k: at(Tk, kv),
    v: at(Tk, columnsOfValues(form)),
    y: at(Tq, { stride: H * D, start: 0 }),
    /** How many keys sequence b has. */
    keys: limited ? `u32(clamp(lengths[b], 0, ${Tk}))` : `${Tk}u`,
    /** The head of keys that belongs to a head of queries. */
    keyHead: `(h / ${H / KV}u)`,
    /** What every kernel reads first. */
    inputs: {
      q: ['read', element],
      kv: ['read', element],
      ...(limited && { lengths: ['read', 'i32'] as const }),
      ...(biased && { bias: ['read', 'f32'] as const }),
    } as const,
    /** In a sum of scores: what is added to that of query `i` and key `j` of head `head`. */
    plusBias: (i: string, j: string, head = 'h'): string =>
      biased ? ` + bias[(${head} * ${Tq}u + ${i}) * ${Tk}u + ${j}]` : '',
    /** Names sequence b and head h of n = B heads. */
    sequence: (n: string, heads: number): string => `let h = ${n} % ${heads}u; let b = ${n} / ${heads}u;`,
    batch: B,
  };
}

/** Rows that pass, and what each thread makes of them. */
interface Pass extends Rows {
  /** By name, the product of the thread's own row with the i-th of the rows that pass together: <name>i. */
  dots: Readonly<Record<string, readonly [own: string, Matrix]>>;
  /** Makes weights of the products. Rows `j(i)` beyond `to` must get weight 0. */
  weigh: (rows: readonly number[], j: (i: number) => string, numbers: (i: number) => string) => string;
  /** By name, a row of the thread's to which those that pass are added, times <weight>i; before that it is multiplied by `shrink`. */
  sums: Readonly<Record<string, readonly [weight: string, Matrix, shrink?: string]>>;
}

export function tiles(form: Form, strategy: LoadStrategy) {
  const rows = vectors(form);
  const { batch, product, element, k, v, keyHead } = rows;
  const { causal, Tq } = form;
  const { threads, share, held, atOnce, declarations, each, join, ...by } = rowLoader(rows, strategy);
  const indices = upTo(atOnce);
  const tall = threads / share;
  return {
    ...rows,
    /** What a thread has of a row. */
    array: `array<${element}, ${held}>`,
    each,
    join,
    /** Of the threads of a row, one. */
    isFirst: share === 1 ? 'true' : 'part == 0u',
    /** All of a kernel over T rows of so many heads but its name, bindings and body. */
    shape: (T: number, heads: number) => ({
      workgroup: [threads, 1, 1] as const,
      grid: row(Math.ceil(T / tall) * heads * batch),
      ...declarations,
    }),
    /** Of so many products and sums of a row with each that passes. */
    work(products: number): Pick<Kernel, 'flops' | 'words'> {
      const multiplied = meetings(form) * form.D * products;
      return { flops: 2 * multiplied, words: strategy.lanes > 0 ? 0 : multiplied };
    },
    /** Of this workgroup: sequence `b`, head `h`, first and last row; `t`: the thread's own row, `part` of it; `keys` of the sequence. */
    places(T: number, heads: number): string {
      const tiles = Math.ceil(T / tall);
      return `
  if (index >= ${tiles * heads * batch}u) { return; }
  ${rows.sequence(`(index / ${tiles}u)`, heads)}
  let tile = index % ${tiles}u * ${tall}u;
  let past = min(tile + ${tall}u, ${T}u);
  let part = lane % ${share}u;
  let t = tile + lane / ${share}u;
  let own = min(t, ${T - 1}u);
  let keys = ${rows.keys};`;
    },
    /** How many keys a thread whose row is a query sees. */
    seenKeys: `let seen = select(0u, ${causal ? 'min(keys, t + 1u)' : 'keys'}, t < ${Tq}u);`,
    /** Keys and values, passing by queries. */
    keysThatPass: {
      from: '0u',
      to: causal ? 'min(keys, past)' : 'keys',
      near: (j: string) => `kv[${k(j, keyHead)} + c]`,
      far: (j: string) => `kv[${v(j, keyHead)} + c]`,
    },
    pass(p: Pass): string {
      const [dots, sums] = [Object.entries(p.dots), Object.entries(p.sums)];
      const dot = ([name, [own, matrix]]: (typeof dots)[number]): string =>
        indices.map((i) => `${name}${i} += ${product(`${own}[e]`, by.vector(matrix, i))};`).join(' ');
      const sum = ([into, [weight, matrix, shrink]]: (typeof sums)[number]): string => {
        const added = indices.map((i) => ` + ${weight}${i} * ${by.vector(matrix, i, 'again')}`).join('');
        return `${into}[e] = ${into}[e]${shrink === undefined ? '' : ` * ${shrink}`}${added};`;
      };
      const loaded = (used: readonly (readonly [string, readonly [string, Matrix, ...unknown[]]])[]): string =>
        by.load(p, [...new Set(used.map(([, [, matrix]]) => matrix))]);
      return by.loop(
        p,
        `
      ${dots.flatMap(([name]) => indices.map((i) => `var ${name}${i} = 0.0;`)).join(' ')}
      ${each([loaded(dots), ...dots.map(dot)].join('\n        '))}
      ${join(dots.flatMap(([name]) => indices.map((i) => `${name}${i}`)))}
      ${p.weigh(indices, (i) => `(first + ${i}u)`, by.numbers)}
      ${each([loaded(sums), ...sums.map(sum)].join('\n        '))}`,
      );
    },
  };
}
