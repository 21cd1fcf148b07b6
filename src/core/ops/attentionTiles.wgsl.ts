/**
 * Common parts of attention's kernels. One or more threads keep their own row of one head (a query or a key) in
 * registers. The rows that it interacts with (keys or queries) pass by.
 */
import { RNG_WGSL } from '../base/rng';
import { type Element, type Kernel, row } from '../gpu/dispatch';
import { columnsOfValues, type Form, queryKeyPairs } from './attentionForm';
import { type Matrix, rowLoader, type Rows, type LoadStrategy } from './attentionRows.wgsl';
import { upTo } from './product.wgsl';

/** Accesses rows of D numbers as arrays of `parts` vectors. */
export function vectors(form: Form) {
  const { D, B, Tq, Tk, H, KV, q, kv, hasLengths, isPacked, hasBias, window, dropout } = form;
  const lanes = D % 4 === 0 ? 4 : D % 2 === 0 ? 2 : 1;
  const parts = D / lanes;
  const element: Element = lanes === 4 ? 'vec4f' : lanes === 2 ? 'vec2f' : 'f32';
  const at =
    (T: number, { stride, start }: Form['kv']) =>
    (t: string, head = 'h'): string =>
      `((b * ${T}u + ${t}) * ${stride / lanes}u + ${start / lanes}u + ${head} * ${parts}u)`;
  const inWindow = (end: string): string => `max(${end}, ${window}u) - ${window}u`;
  const inDocument = (i: string): string => `${i} - min(u32(places[b * ${Tq}u + ${i}]), ${i})`;
  const firstSeen = (i: string, end: string): string => {
    if (window === undefined) return inDocument(i);
    return isPacked ? `max(${inWindow(end)}, ${inDocument(i)})` : inWindow(end);
  };
  return {
    element,
    /** Numbers per vector. */
    lanes,
    parts,
    bytes: 4 * D,
    product: (x: string, y: string): string => (lanes === 1 ? `${x} * ${y}` : `dot(${x}, ${y})`),
    /** Index of the first vector of a row of q, k and v (in place), and y. */
    q: at(Tq, q),
    k: at(Tk, kv),
    v: at(Tk, columnsOfValues(form)),
    y: at(Tq, { stride: H * D, start: 0 }),
    /** Number of keys of sequence b. */
    keys: hasLengths ? `u32(clamp(lengths[b], 0, ${Tk}))` : `${Tk}u`,
    /** Returns the first key that query `i` sees, given the `end` of its keys; undefined if it is always key 0. */
    firstSeen: window === undefined && !isPacked ? undefined : firstSeen,
    /** Key-value head of a query head. */
    keyHead: `(h / ${H / KV}u)`,
    /** Inputs of every kernel. */
    inputs: {
      q: ['read', element],
      kv: ['read', element],
      ...(hasLengths && { lengths: ['read', 'i32'] as const }),
      ...(hasBias && { bias: ['read', 'f32'] as const }),
    } as const,
    /** Extra inputs for packed documents: start of a query's keys, and end of a key's queries. */
    ofQueries: (isPacked ? { places: ['read', 'i32'] } : {}) as { places?: ['read', 'i32'] },
    ofKeys: (isPacked ? { ends: ['read', 'i32'] } : {}) as { ends?: ['read', 'i32'] },
    /** Emits the bias term of query `i` and key `j` of head `head`. */
    plusBias: (i: string, j: string, head = 'h'): string =>
      hasBias ? ` + bias[(${head} * ${Tq}u + ${i}) * ${Tk}u + ${j}]` : '',
    /** Declares the function that `timesKept` calls. */
    mask: dropout ? maskFunction(dropout.probability, form) : '',
    /** Emits dropout's factor of the weight of query `i` and key `j` of head `head`. */
    timesKept: (i: string, j: string, head = 'h'): string =>
      dropout ? ` * kept(mask_key, b, ${head}, ${i}, ${j})` : '',
    /** Saved values of the n-th query for the backward pass: lse, inner (the row sum of m dp p), and `mask_key`. */
    known: dropout ? JOINED : APART,
    /** Declares sequence b and head h of n = B heads. */
    sequence: (n: string, heads: number): string => `let h = ${n} % ${heads}u; let b = ${n} / ${heads}u;`,
    batch: B,
  };
}

interface Known {
  inputs: Kernel['bindings'];
  lse: (n: string) => string;
  inner: (n: string) => string;
  both: (n: string) => string;
  key: string;
}
const APART = {
  inputs: { lse: ['read', 'f32'], inner: ['read', 'f32'] },
  lse: (n) => `lse[${n}]`,
  inner: (n) => `inner[${n}]`,
  both: (n) => `vec2f(lse[${n}], inner[${n}])`,
  key: '',
} as const satisfies Known;
/** As written by attentionDropout.wgsl.ts. */
const JOINED = {
  inputs: { norms: ['read', 'vec2f'], stream: ['read', 'u32'] },
  lse: (n) => `norms[${n}].x`,
  inner: (n) => `norms[${n}].y`,
  both: (n) => `norms[${n}]`,
  key: '\n  let mask_key = vec2u(stream[0], stream[1]);',
} as const satisfies Known;

/** keep / (1 - probability) of element [b, h, i, j]; same generator and order as in dropout.ts. */
const maskFunction = (probability: number, { H, Tq, Tk }: Form): string => `${RNG_WGSL}
fn kept(key: vec2u, b: u32, h: u32, i: u32, j: u32) -> f32 {
  let at = ((b * ${H}u + h) * ${Tq}u + i) * ${Tk}u + j;
  return select(0.0, ${1 / (1 - probability)}, (rng_bits(key, at) >> 8u) < ${Math.ceil((1 - probability) * 2 ** 24)}u);
}
`;

/** Passing rows, and their computation in each thread. */
interface Pass extends Rows {
  /** Dot products <name>i of the thread's own row with the i-th row that passes. */
  dots: Readonly<Record<string, readonly [own: string, Matrix]>>;
  /** Computes weights from the products. Rows `j(i)` beyond `to` must get weight 0. */
  weigh: (rows: readonly number[], j: (i: number) => string, numbers: (i: number) => string) => string;
  /** Accumulated rows by name: adds passing rows times <weight>i, after a multiplication by `shrink`. */
  sums: Readonly<Record<string, readonly [weight: string, Matrix, shrink?: string]>>;
}

/** WGSL about which keys a query sees, and which queries see a key. */
function visibility(form: Form, { k, v, keyHead, firstSeen }: ReturnType<typeof vectors>) {
  const { causal, window, isPacked, Tq } = form;
  /** Returns the end of the queries that see key `j`, if there are any. */
  const endOfQueries = (j: string): string => {
    if (isPacked) {
      const end = `min(u32(ends[b * ${Tq}u + min(${j}, ${Tq - 1}u)]), ${Tq}u)`;
      return window === undefined ? end : `min(${end}, ${j} + ${window}u)`;
    }
    return window === undefined
      ? `${Tq}u`
      : `select(${causal ? `min(${j} + ${window}u, ${Tq}u)` : '0u'}, ${Tq}u, ${j} + ${window}u >= keys)`;
  };
  return {
    /** Declares the end of the keys that a thread's query sees and, unless all see key 0, their start. */
    seenKeys: `let seen = select(0u, ${causal ? 'min(keys, t + 1u)' : 'keys'}, t < ${Tq}u);${
      firstSeen ? `\n  let unseen = ${firstSeen('own', 'seen')};` : ''
    }`,
    /** Returns whether the query sees key `j`. */
    sees: (j: string): string => (firstSeen ? `${j} >= unseen && ` : '') + `${j} < seen`,
    /** Keys and values that pass queries. */
    keysThatPass: {
      from: firstSeen?.('tile', causal ? 'min(keys, tile + 1u)' : 'keys') ?? '0u',
      to: causal ? 'min(keys, past)' : 'keys',
      near: (j: string) => `kv[${k(j, keyHead)} + c]`,
      far: (j: string) => `kv[${v(j, keyHead)} + c]`,
    },
    /** Declares the end of the queries that see a key of the tile, and of those that see the thread's own. */
    seeingQueries: `let queries = select(0u, ${endOfQueries('past - 1u')}, tile < keys);
  let end = select(0u, ${endOfQueries('t')}, t < keys);`,
    queriesThatPass: { from: causal ? 'tile' : '0u', to: 'queries' },
    /** Returns whether query `i` sees the thread's own key. */
    isSeenBy: (i: string): string => `${causal ? `${i} >= t && ` : ''}${i} < end`,
  };
}

/** WGSL that passes rows by the threads of a workgroup: dot products, weights, then weighted sums. */
function passRows(pass: Pass, loader: ReturnType<typeof rowLoader>, product: (x: string, y: string) => string): string {
  const { atOnce, each, join } = loader;
  const indices = upTo(atOnce);
  const [dots, sums] = [Object.entries(pass.dots), Object.entries(pass.sums)];
  const dot = ([name, [own, matrix]]: (typeof dots)[number]): string =>
    indices.map((i) => `${name}${i} += ${product(`${own}[e]`, loader.vector(matrix, i))};`).join(' ');
  const sum = ([into, [weight, matrix, shrink]]: (typeof sums)[number]): string => {
    const added = indices.map((i) => ` + ${weight}${i} * ${loader.vector(matrix, i, 'again')}`).join('');
    return `${into}[e] = ${into}[e]${shrink === undefined ? '' : ` * ${shrink}`}${added};`;
  };
  const loaded = (used: readonly (readonly [string, readonly [string, Matrix, ...unknown[]]])[]): string =>
    loader.load(pass, [...new Set(used.map(([, [, matrix]]) => matrix))]);
  return loader.loop(
    pass,
    `
      ${dots.flatMap(([name]) => indices.map((i) => `var ${name}${i} = 0.0;`)).join(' ')}
      ${each([loaded(dots), ...dots.map(dot)].join('\n        '))}
      ${join(dots.flatMap(([name]) => indices.map((i) => `${name}${i}`)))}
      ${pass.weigh(indices, (i) => `(first + ${i}u)`, loader.numbers)}
      ${each([loaded(sums), ...sums.map(sum)].join('\n        '))}`,
  );
}

/** WGSL of kernels whose threads keep a row of one head, by tiles of rows. */
export function tiles(form: Form, strategy: LoadStrategy) {
  const rows = vectors(form);
  const { batch, product, element } = rows;
  const loader = rowLoader(rows, strategy);
  const { threads, share, held, declarations, each, join } = loader;
  const tall = threads / share;
  return {
    ...rows,
    ...visibility(form, rows),
    /** Type of a thread's share of a row. */
    array: `array<${element}, ${held}>`,
    each,
    join,
    /** Whether the thread is the first of its row. */
    isFirst: share === 1 ? 'true' : 'part == 0u',
    /** Common fields of a kernel over T rows with this number of heads. */
    shape: (T: number, heads: number) => ({
      workgroup: [threads, 1, 1] as const,
      grid: row(Math.ceil(T / tall) * heads * batch),
      ...declarations,
      ...(form.dropout && { globals: `${declarations.globals ?? ''}${rows.mask}` }),
    }),
    /** Work of this number of products and sums per pair of rows. */
    work(products: number): Pick<Kernel, 'flops' | 'words'> {
      const multiplied = queryKeyPairs(form) * form.D * products;
      return { flops: 2 * multiplied, words: strategy.lanes > 0 ? 0 : multiplied };
    },
    /** Declares sequence `b` and its `keys`, head `h`, first and last row; the thread's row `t` and its `part`. */
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
    pass: (pass: Pass): string => passRows(pass, loader, product),
  };
}
