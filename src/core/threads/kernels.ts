/**
 * Matrix products on a heap that threads share, in WebAssembly. Each element is summed in the order of the inner index
 * from 0, with separate multiplication and addition. So its bits are the same for any thread and blocking, and equal
 * those of XNNPACK in tfjs-backend-wasm 4.22.
 *
 * Both sides are packed into panels first: A [rows, inner] four rows at a time, [inner][4], B [inner, columns] eight
 * columns at a time, [inner][8]. Method: Goto & van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
 */
import {
  add,
  assemble,
  type Code,
  either,
  type Func,
  get,
  int,
  lanes,
  less,
  load,
  loadSplat,
  moved,
  multiply,
  plus,
  repeat,
  set,
  store,
  summed,
  times,
  zeros,
} from '../base/assembler';
import { type AdamW, adamw } from './adamw';
import { compilePass, type PassFunction } from './pass';
import { PASS_NAMES, PASSES } from './passes';

/** Rows of a panel of A, and columns of a panel of B. */
export const ROWS = 4;
export const COLUMNS = 8;

/** Addresses and strides in bytes. */
export interface Kernels {
  /** `to[k][0..4]` = four adjacent floats at `from + k stride`; a row of `to` has `step` bytes. */
  pack(from: number, stride: number, to: number, step: number, inner: number): void;
  /** `to[k][r]` = float k of row r of four rows, `stride` bytes apart. `inner` is a multiple of 4. */
  packTurned(from: number, stride: number, to: number, step: number, inner: number): void;
  /** `to[k][0..count]`, count > 0, one by one: element (k, i) is at from + k stride + i across. */
  packSome(from: number, stride: number, across: number, to: number, step: number, inner: number, count: number): void;
  /** C = A B of panels. Strides: rows of C `stride`, panels of A `inner` 16, panels of B `inner` 32. */
  multiply(
    a: number,
    b: number,
    c: number,
    inner: number,
    rowPanels: number,
    columnPanels: number,
    stride: number,
  ): void;
  /** Writes the first rows and columns of a tile of C, [4][8], to their place; `adds` instead of overwriting. */
  put(tile: number, c: number, rows: number, columns: number, stride: number, adds: number): void;
  adamw: AdamW;
  /** AdamW with weight decay. */
  adamwDecaying: AdamW;
  passes: readonly PassFunction[];
}

/** Maximum of a WebAssembly memory in pages of 64 KiB; tfjs-backend-wasm 4.22 declares the same. */
const MAX_PAGES = 65_536;

/** @param shared whether threads share the memory */
export function kernelsOver(memory: WebAssembly.Memory, shared: boolean): Kernels {
  const functions = {
    ...{ pack, packTurned, packSome, multiply: product, put, adamw: adamw(false), adamwDecaying: adamw(true) },
    ...Object.fromEntries(PASS_NAMES.map((name) => [exportName(name), compilePass(PASSES[name])])),
  };
  const module = new WebAssembly.Module(assemble(functions, shared ? MAX_PAGES : undefined));
  const { exports } = new WebAssembly.Instance(module, { page: { memory } });
  return {
    ...(exports as unknown as Omit<Kernels, 'passes'>),
    passes: PASS_NAMES.map((name) => exports[exportName(name)] as PassFunction),
  };
}
const exportName = (pass: string): string => `pass.${pass}`;

const bump = (local: number, by: Code): Code => set(local, add(get(local), by));
const rowAddress = (address: number, length: number, n: number): Code =>
  n === 0 ? get(address) : add(rowAddress(address, length, n - 1), get(length));

const pack: Func = (() => {
  const [FROM, STRIDE, TO, STEP, INNER] = [0, 1, 2, 3, 4] as const;
  return {
    params: 5,
    i32s: 0,
    v128s: 0,
    body: repeat(
      [store(get(TO), load(get(FROM))), bump(FROM, get(STRIDE)), bump(TO, get(STEP)), bump(INNER, int(-1))],
      get(INNER),
    ),
  };
})();

const packTurned: Func = (() => {
  const [FROM, STRIDE, TO, STEP, INNER] = [0, 1, 2, 3, 4] as const;
  const rows = [5, 6, 7, 8] as const;
  const [A, B, C, D] = rows;
  const pairs = [9, 10, 11, 12] as const;
  const [AB, AB_END, CD, CD_END] = pairs;
  const LOW = [0, 4, 1, 5] as const;
  const HIGH = [2, 6, 3, 7] as const;
  const FIRST = [0, 1, 4, 5] as const;
  const SECOND = [2, 3, 6, 7] as const;
  const outputs = [
    [AB, CD, FIRST],
    [AB, CD, SECOND],
    [AB_END, CD_END, FIRST],
    [AB_END, CD_END, SECOND],
  ] as const;
  return {
    params: 5,
    i32s: 0,
    v128s: 8,
    body: repeat(
      [
        rows.map((local, r) => set(local, load(rowAddress(FROM, STRIDE, r)))),
        set(AB, lanes(get(A), get(B), LOW)),
        set(AB_END, lanes(get(A), get(B), HIGH)),
        set(CD, lanes(get(C), get(D), LOW)),
        set(CD_END, lanes(get(C), get(D), HIGH)),
        outputs.map(([left, right, lanesTaken]) => [
          store(get(TO), lanes(get(left), get(right), lanesTaken)),
          bump(TO, get(STEP)),
        ]),
        bump(FROM, int(16)),
        bump(INNER, int(-4)),
      ],
      get(INNER),
    ),
  };
})();

const packSome: Func = (() => {
  const [FROM, STRIDE, ACROSS, TO, STEP, INNER, COUNT] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [AT, INTO, REMAINING] = [7, 8, 9] as const;
  return {
    params: 7,
    i32s: 3,
    v128s: 0,
    body: repeat(
      [
        set(AT, get(FROM)),
        set(INTO, get(TO)),
        set(REMAINING, get(COUNT)),
        repeat(
          [moved(get(INTO), get(AT)), bump(AT, get(ACROSS)), bump(INTO, int(4)), bump(REMAINING, int(-1))],
          get(REMAINING),
        ),
        bump(FROM, get(STRIDE)),
        bump(TO, get(STEP)),
        bump(INNER, int(-1)),
      ],
      get(INNER),
    ),
  };
})();

/** Keeps 32 sums in registers. */
const product: Func = (() => {
  const [A, B, C, INNER, ROW_PANELS, COLUMN_PANELS, STRIDE] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [A_AT, B_AT, END, PANELS, TO, TILE] = [7, 8, 9, 10, 11, 12] as const;
  const [LEFT, RIGHT, FACTOR, SUMS] = [13, 14, 15, 16] as const;
  const rows = Array.from({ length: ROWS }, (_, r) => r);
  const sums = (r: number): readonly [number, number] => [SUMS + 2 * r, SUMS + 2 * r + 1];
  const step = (k: number): Code => [
    set(LEFT, load(get(B_AT), 32 * k)),
    set(RIGHT, load(get(B_AT), 32 * k + 16)),
    rows.map((r) => [
      set(FACTOR, loadSplat(get(A_AT), 16 * k + 4 * r)),
      sums(r).map((sum, half) => set(sum, plus(get(sum), times(get(FACTOR), get(half === 0 ? LEFT : RIGHT))))),
    ]),
  ];
  return {
    params: 7,
    i32s: 6,
    v128s: 11,
    body: repeat(
      [
        set(A_AT, get(A)),
        set(TILE, get(C)),
        set(PANELS, get(ROW_PANELS)),
        repeat(
          [
            rows.map((r) => sums(r).map((sum) => set(sum, zeros()))),
            set(B_AT, get(B)),
            set(END, add(get(B), multiply(get(INNER), int(4 * COLUMNS)))),
            repeat([step(0), bump(B_AT, int(32)), bump(A_AT, int(16))], less(get(B_AT), get(END))),
            set(TO, get(TILE)),
            rows.map((r) => [sums(r).map((sum, half) => store(get(TO), get(sum), 16 * half)), bump(TO, get(STRIDE))]),
            set(TILE, get(TO)),
            bump(PANELS, int(-1)),
          ],
          get(PANELS),
        ),
        bump(B, multiply(get(INNER), int(4 * COLUMNS))),
        bump(C, int(4 * COLUMNS)),
        bump(COLUMN_PANELS, int(-1)),
      ],
      get(COLUMN_PANELS),
    ),
  };
})();

const put: Func = (() => {
  const [TILE, C, ROWS_LEFT, COLUMN_COUNT, STRIDE, ADDS] = [0, 1, 2, 3, 4, 5] as const;
  const [AT, TO, REMAINING] = [6, 7, 8] as const;
  return {
    params: 6,
    i32s: 3,
    v128s: 0,
    body: repeat(
      [
        set(AT, get(TILE)),
        set(TO, get(C)),
        set(REMAINING, get(COLUMN_COUNT)),
        repeat(
          [
            either(get(ADDS), summed(get(TO), get(AT)), moved(get(TO), get(AT))),
            bump(AT, int(4)),
            bump(TO, int(4)),
            bump(REMAINING, int(-1)),
          ],
          get(REMAINING),
        ),
        bump(TILE, int(4 * COLUMNS)),
        bump(C, get(STRIDE)),
        bump(ROWS_LEFT, int(-1)),
      ],
      get(ROWS_LEFT),
    ),
  };
})();
