/**
 * What attention's kernels share: each thread of a workgroup has a row of one head (a query or a key) whole, in registers, and
 * all rows that these meet (keys or queries) pass through the workgroup's memory, some at a time.
 */
import { type Element, row } from '../gpu/dispatch';
import { columnsOfValues, type Form } from './attentionForm';

const THREADS = 32;
/** Rows that pass at a time: two matrices of them fit 16 KiB, which every device has. */
const heightOf = (D: number): number => [32, 16, 8, 4, 2].find((rows) => rows * (8 * D + 8) <= 16_384) ?? 1;

/** A row of D numbers is an array of `parts` vectors. */
export function vectors(form: Form) {
  const { D, B, Tq, Tk, H, KV, q, kv, limited } = form;
  const lanes = D % 4 === 0 ? 4 : D % 2 === 0 ? 2 : 1;
  const parts = D / lanes;
  const element: Element = lanes === 4 ? 'vec4f' : lanes === 2 ? 'vec2f' : 'f32';
  const at =
    (T: number, { stride, start }: Form['kv']) =>
    (t: string, head = 'h'): string =>
      `((b * ${T}u + ${t}) * ${stride / lanes}u + ${start / lanes}u + ${head} * ${parts}u)`;
  return {
    element,
    parts,
    array: `array<${element}, ${parts}>`,
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
    /** Names sequence b and head h of n = B heads. */
    sequence: (n: string, heads: number): string => `let h = ${n} % ${heads}u; let b = ${n} / ${heads}u;`,
    batch: B,
  };
}

export function tiles(form: Form) {
  const rows = vectors(form);
  const { element, parts, batch } = rows;
  const height = heightOf(form.D);
  /** Loops over a row are left as loops: written out, they cost some compilers seconds. */
  const each = (line: string): string => `for (var e = 0u; e < ${parts}u; e++) { ${line} }`;

  return {
    ...rows,
    each,
    workgroup: [THREADS, 1, 1] as const,
    grid: (T: number, heads: number) => row(Math.ceil(T / THREADS) * heads * batch),
    globals: `var<workgroup> near: array<${element}, ${height * parts}>;
var<workgroup> far: array<${element}, ${height * parts}>;
var<workgroup> numbers: array<vec2f, ${height}>;`,
    /** Of this workgroup: sequence `b`, head `h`, first and last row; `t`: the thread's own row; `keys` of the sequence. */
    places(T: number, heads: number): string {
      const tall = Math.ceil(T / THREADS);
      return `
  if (index >= ${tall * heads * batch}u) { return; }
  ${rows.sequence(`(index / ${tall}u)`, heads)}
  let tile = index % ${tall}u * ${THREADS}u;
  let past = min(tile + ${THREADS}u, ${T}u);
  let t = tile + lane;
  let own = min(t, ${T - 1}u);
  let keys = ${rows.keys};`;
    },
    /**
     * Rows from...to of two matrices pass. `act` sees one at a time, row `j`: its vectors as near[r + e] and far[r + e], and
     * as numbers[j - first] two numbers that belong to it. A thread begins at its own `begin` and stops at its `end`.
     */
    pass(
      range: { from: string; to: string; begin: string; end: string },
      load: { near: string; far: string; numbers?: string },
      act: string,
    ): string {
      const numbers =
        load.numbers === undefined
          ? ''
          : `let j = first + lane; if (lane < ${height}u && j < ${range.to}) { numbers[lane] = ${load.numbers}; }`;
      return `
  for (var first = ${range.from}; first < ${range.to}; first += ${height}u) {
    workgroupBarrier();
    for (var m = lane; m < ${height * parts}u; m += ${THREADS}u) {
      let j = first + m / ${parts}u;
      let e = m % ${parts}u;
      if (j < ${range.to}) {
        near[m] = ${load.near};
        far[m] = ${load.far};
      }
    }
    ${numbers}
    workgroupBarrier();
    for (var j = max(first, ${range.begin}); j < min(first + ${height}u, ${range.end}); j++) {
      let r = (j - first) * ${parts}u;
      ${act}
    }
  }`;
    },
  };
}
