/**
 * Two ways in which rows pass by the threads of a workgroup, a few at once.
 *
 * On a GPU, through the workgroup's memory. On a processor, where a subgroup is one vector register and a load at an address
 * that differs between lanes is one load after the other: each lane of a subgroup loads a row and gives it to all.
 */
import { badSettings } from '../base/errors';
import { currentGpu } from '../gpu/backend';
import type { Element, Kernel } from '../gpu/dispatch';
import { upTo } from './product.wgsl';

/**
 * Rows j = from...to - 1 of two matrices, the same for all threads of a workgroup: `near` are those of the thread's own row's
 * counterparts (keys for a query, queries for a key), `far` what lies beyond them (values, or the output's gradient).
 */
export interface Rows {
  from: string;
  to: string;
  /** Vector `e` of row j. */
  near: (j: string) => string;
  far: (j: string) => string;
  /** Two numbers that belong to row j. */
  numbers?: (j: string) => string;
}
export type Matrix = 'near' | 'far';

export interface Passing {
  threads: number;
  /** Rows that a thread meets at once. */
  atOnce: number;
  declarations: Pick<Kernel, 'enable' | 'globals'>;
  /** A line for every vector `e` of a row. */
  each(line: string): string;
  /** `act` sees rows first...first + atOnce - 1 together. Those beyond `to` repeat the last. */
  loop(rows: Rows, act: string): string;
  /** In a line, before `vector` of those matrices. */
  load(rows: Rows, matrices: readonly Matrix[]): string;
  /** Vector `e` of the i-th of the rows that are seen together, and its numbers. */
  vector(matrix: Matrix, i: number): string;
  numbers(i: number): string;
}

/** Lanes between which rows pass on the device in use; 0 where they pass through memory. */
export function passingLanes(): number {
  const { software, lanes } = currentGpu()!.adapter;
  return software && lanes >= 4 && lanes <= 16 ? lanes : 0;
}

/** A row: `parts` vectors. */
interface Vectors {
  element: Element;
  parts: number;
  bytes: number;
}
export const passing = (row: Vectors, lanes: number): Passing =>
  lanes > 0 ? fromLaneToLane(row, lanes) : throughMemory(row);

function throughMemory({ element, parts, bytes }: Vectors): Passing {
  const threads = 32;
  const rowBytes = 2 * bytes + 8; // of near, far and numbers
  const most = currentGpu()!.device.limits.maxComputeWorkgroupStorageSize;
  if (rowBytes > most) {
    throw badSettings(
      `A head so wide takes ${rowBytes} bytes of a workgroup's memory, and this GPU has ${most}.`,
      'Take more heads, or WASM.',
    );
  }
  // 16 KiB, which every device has, let several workgroups run at once where there is more.
  const height = [32, 16, 8, 4, 2].find((rows) => rows * rowBytes <= 16_384) ?? 1;
  const atOnce = [4, 2].find((rows) => rows <= height && rows * parts <= 64) ?? 1;
  return {
    threads,
    atOnce,
    declarations: {
      globals: `var<workgroup> near: array<${element}, ${height * parts}>;
var<workgroup> far: array<${element}, ${height * parts}>;
var<workgroup> numbers: array<vec2f, ${height}>;`,
    },
    // Written out: an array stays in registers only where no index of it is computed.
    each: (line) =>
      upTo(parts)
        .map((e) => `{ const e = ${e}u; ${line} }`)
        .join('\n'),
    loop: ({ from, to, near, far, numbers }, act) => `
  for (var begin = ${from}; begin < ${to}; begin += ${height}u) {
    let count = min(${height}u, (${to} - begin + ${atOnce - 1}u) / ${atOnce}u * ${atOnce}u);
    workgroupBarrier();
    for (var m = lane; m < count * ${parts}u; m += ${threads}u) {
      let j = min(begin + m / ${parts}u, ${to} - 1u);
      let e = m % ${parts}u;
      near[m] = ${near('j')};
      far[m] = ${far('j')};
    }
    ${numbers ? `if (lane < count) { numbers[lane] = ${numbers(`min(begin + lane, ${to} - 1u)`)}; }` : ''}
    workgroupBarrier();
    for (var r = 0u; r < count; r += ${atOnce}u) {
      let first = begin + r;
      ${act}
    }
  }`,
    load: () => '',
    vector: (matrix, i) => `${matrix}[(r + ${i}u) * ${parts}u + e]`,
    numbers: (i) => `numbers[r + ${i}u]`,
  };
}

const fromLaneToLane = ({ parts }: Vectors, lanes: number): Passing => ({
  threads: lanes,
  atOnce: lanes,
  declarations: { enable: ['subgroups'] },
  // A loop, and one that no compiler unrolls: a processor takes seconds to compile it written out.
  each: (line) => `for (var e = zero; e < ${parts}u; e++) { ${line} }`,
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
