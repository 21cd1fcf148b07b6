/**
 * Two ways to pass rows to the threads of a workgroup, a few at once.
 *
 * On a GPU, rows go through workgroup memory; several threads share a row, so that each share stays in registers. On a
 * CPU, a subgroup is one vector register, and loads at lane-dependent addresses are serial. So each lane of a subgroup
 * loads a row and broadcasts it.
 */
import { badSettings } from '../base/errors';
import { currentGpu } from '../gpu/backend';
import type { Element, Kernel } from '../gpu/dispatch';
import { upTo } from './product.wgsl';

/**
 * Rows j = from...to - 1 of two matrices, the same for all threads of a workgroup. `near` are counterparts of the
 * thread's own row (keys for a query, queries for a key), `far` the associated rows (values, or the output's gradient).
 */
export interface Rows {
  from: string;
  to: string;
  /** Returns vector `c` of row j. */
  near: (j: string) => string;
  far: (j: string) => string;
  /** Returns two numbers of row j. */
  numbers?: (j: string) => string;
}
export type Matrix = 'near' | 'far';

interface RowLoader {
  threads: number;
  /** Number of threads that share a row: a thread has vectors `part`, `part + share`, ... */
  share: number;
  /** Number of a row's vectors per thread. */
  held: number;
  /** Number of rows that a thread processes at once. */
  atOnce: number;
  declarations: Pick<Kernel, 'enable' | 'globals'>;
  /** Emits a line per vector of a thread: its `e`-th is vector `c` of the row. `inside`: only for existing ones. */
  each(line: string, inside?: 'inside'): string;
  /** Sums each variable over the threads that share a row; all of them get the same bits. */
  join(variables: readonly string[]): string;
  /** Runs `act` on rows first...first + atOnce - 1 together. Rows beyond `to` repeat the last. */
  loop(rows: Rows, act: string): string;
  /** Emits the loads of `vector` of these matrices in a line. */
  load(rows: Rows, matrices: readonly Matrix[]): string;
  /**
   * Returns vector `c` of the i-th row processed together, and its numbers. With `again`, the compiler sees another
   * load, so it doesn't keep the first one in registers until then.
   */
  vector(matrix: Matrix, i: number, again?: 'again'): string;
  numbers(i: number): string;
}

/** Properties of a device that determine how rows pass. */
export interface LoadStrategy {
  /** Lanes between which rows pass; 0 if they pass through memory. */
  lanes: number;
  /** Minimum number of neighbors that add up by shuffles; 0 if they use memory. */
  shuffled: number;
  /** Whether threads share a row so that it stays in registers: a CPU has few, and its caches serve as well. */
  shared: boolean;
}
/** Returns the strategy of the current device. */
export function loadStrategy(): LoadStrategy {
  const { software, lanes, minLanes } = currentGpu()!.adapter;
  if (software && lanes >= 4 && lanes <= 16) return { lanes, shuffled: 0, shared: false };
  return { lanes: 0, shuffled: minLanes, shared: !software };
}

/** Row of `parts` vectors. */
interface Vectors {
  element: Element;
  parts: number;
  bytes: number;
}
export const rowLoader = (row: Vectors, strategy: LoadStrategy): RowLoader =>
  strategy.lanes > 0 ? bySubgroupBroadcast(row, strategy.lanes) : throughWorkgroupMemory(row, strategy);

/** Rows of a tile. */
const TALL = 32;
/** Columns of a thread's rows. The key gradient has four such rows and processes four of two kinds: 128 registers. */
const COLUMNS = 16;

function throughWorkgroupMemory({ element, parts, bytes }: Vectors, { shuffled, shared }: LoadStrategy): RowLoader {
  const share = !shared ? 1 : ([1, 2, 4, 8].find((n) => bytes / 4 / n <= COLUMNS) ?? 8);
  const threads = TALL * share;
  const held = Math.ceil(parts / share);
  const rowBytes = 2 * bytes + 8; // near, far and numbers
  const max = currentGpu()!.device.limits.maxComputeWorkgroupStorageSize;
  if (rowBytes > max) {
    throw badSettings(
      `A head so wide takes ${rowBytes} bytes of a workgroup's memory, and this GPU has ${max}.`,
      'Take more heads, or WASM.',
    );
  }
  const inMemory = share > shuffled;
  const joined = share === 1 || !inMemory ? 0 : 2 * AT_ONCE; // dot products of a thread
  // 16 KiB, which every device has, allow several concurrent workgroups on devices with more.
  const height = [32, 16, 8, 4, 2].find((rows) => rows * rowBytes + 4 * joined * threads <= 16_384) ?? 1;
  const atOnce = Math.min(AT_ONCE, height);
  return {
    threads,
    share,
    held,
    atOnce,
    declarations: {
      ...(share > 1 && !inMemory && { enable: ['subgroups'] as const }),
      globals: `var<workgroup> near: array<array<${element}, ${parts}>, ${height}>;
var<workgroup> far: array<array<${element}, ${parts}>, ${height}>;
var<workgroup> numbers: array<vec2f, ${height}>;${
        joined > 0 ? `\nvar<workgroup> joined: array<array<f32, ${joined}>, ${threads}>;` : ''
      }`,
    },
    // Unrolled: an array stays in registers only if all its indices are constants.
    each: (line, inside) =>
      upTo(held)
        .map((e) => {
          const c = share === 1 ? `const c = ${e}u;` : `let c = ${e * share}u + part;`;
          const last = inside && (e + 1) * share > parts;
          return `{ const e = ${e}u; ${c} ${last ? `if (c < ${parts}u) { ${line} }` : line} }`;
        })
        .join('\n'),
    join:
      share === 1
        ? () => ''
        : inMemory
          ? (variables) => addInMemory(variables, share)
          : (variables) => addByShuffles(variables, share),
    loop: ({ from, to, near, far, numbers }, act) => `
  for (var begin = ${from}; begin < ${to}; begin += ${height}u) {
    let count = min(${height}u, (${to} - begin + ${atOnce - 1}u) / ${atOnce}u * ${atOnce}u);
    workgroupBarrier();
    for (var m = lane; m < count * ${parts}u; m += ${threads}u) {
      let j = min(begin + m / ${parts}u, ${to} - 1u);
      let c = m % ${parts}u;
      near[m / ${parts}u][c] = ${near('j')};
      far[m / ${parts}u][c] = ${far('j')};
    }
    ${numbers ? `if (lane < count) { numbers[lane] = ${numbers(`min(begin + lane, ${to} - 1u)`)}; }` : ''}
    workgroupBarrier();
    for (var r = 0u; r < count; r += ${atOnce}u) {
      let first = begin + r;
      ${act}
    }
  }`,
    load: () => '',
    vector: (matrix, i, again) =>
      `${matrix}[r + ${again && shared ? 'zero + ' : ''}${i}u][${held * share > parts ? `min(c, ${parts - 1}u)` : 'c'}]`,
    numbers: (i) => `numbers[r + ${i}u]`,
  };
}
const AT_ONCE = 4;

/** Sums over a row's threads, which are neighbors in a subgroup. */
const addByShuffles = (variables: readonly string[], share: number): string =>
  [1, 2, 4]
    .filter((apart) => apart < share)
    .map((apart) => variables.map((x) => `${x} += subgroupShuffleXor(${x}, ${apart}u);`).join(' '))
    .join('\n      ');

const addInMemory = (variables: readonly string[], share: number): string => `
      workgroupBarrier();
      ${variables.map((x, n) => `joined[lane][${n}] = ${x};`).join(' ')}
      workgroupBarrier();
      ${variables
        .map(
          (x, n) =>
            `${x} = ${upTo(share)
              .map((i) => `joined[lane - part + ${i}u][${n}]`)
              .join(' + ')};`,
        )
        .join(' ')}`;

const bySubgroupBroadcast = ({ parts }: Vectors, lanes: number): RowLoader => ({
  threads: lanes,
  share: 1,
  held: parts,
  atOnce: lanes,
  declarations: { enable: ['subgroups'] },
  // A loop that no compiler unrolls: a CPU takes seconds to compile the unrolled form.
  each: (line) => `for (var e = zero; e < ${parts}u; e++) { let c = e; ${line} }`,
  join: () => '',
  loop: ({ from, to, numbers }, act) => `
  for (var first = ${from}; first < ${to}; first += ${lanes}u) {
    let mine = min(first + sublane, ${to} - 1u);
    ${numbers ? `let my_numbers = ${numbers('mine')};` : ''}
    ${act}
  }`,
  load: (rows, matrices) => matrices.map((matrix) => `let my_${matrix} = ${rows[matrix]('mine')};`).join(' '),
  vector: (matrix, i) => `subgroupBroadcast(my_${matrix}, ${i}u)`,
  numbers: (i) => `subgroupBroadcast(my_numbers, ${i}u)`,
});
