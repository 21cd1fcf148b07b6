import type { Kernels } from '../core/models/page';
import {
  add,
  assemble,
  type Code,
  type Func,
  get,
  int,
  less,
  load,
  loadSplat,
  plus,
  repeat,
  set,
  store,
  storeSum,
  times,
  zeros,
} from '../core/base/assembler';

/**
 * Matrix products on four floats at once, for widths that are multiples of 8. All arrays are in one memory of `floats`
 * floats.
 * @throws CompileError if the browser lacks such WebAssembly, RangeError if memory is insufficient
 */
export function simdKernels(floats: number): Kernels {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * floats) / PAGE) });
  const module = new WebAssembly.Module(assemble({ multiplyOne, multiplyFour, score }));
  const { exports } = new WebAssembly.Instance(module, { page: { memory } });
  const run = exports as Readonly<Record<'multiplyOne' | 'multiplyFour' | 'score', (...values: number[]) => void>>;
  let used = 0;
  return {
    floats(length) {
      const array = new Float32Array(memory.buffer, used, length);
      used += 4 * length;
      return array;
    },
    multiply(x, w, y, rows, inner, columns) {
      let r = 0;
      const call = (take: typeof run.multiplyOne): void =>
        take(x.byteOffset + 4 * r * inner, w.byteOffset, y.byteOffset + 4 * r * columns, 4 * inner, 4 * columns);
      for (; r + 4 <= rows; r += 4) call(run.multiplyFour);
      for (; r < rows; r++) call(run.multiplyOne);
    },
    score: (w, x, y, inner) => run.score(w.byteOffset, x.byteOffset, y.byteOffset, 4 * inner, 4 * y.length),
  };
}
const PAGE = 65_536;

// Parameters of both: addresses, then the row lengths of x, and of w and y, in bytes.
const [X, W, Y, INNER, COLUMNS] = [0, 1, 2, 3, 4] as const;
const row = (address: number, length: number, n: number): Code =>
  n === 0 ? get(address) : add(row(address, length, n - 1), get(length));
const bump = (local: number, by: Code): Code => set(local, add(get(local), by));

/** y [columns] += x [inner] w: reads four rows of w at a time from end to end, for sequential memory access. */
const multiplyOne: Func = (() => {
  const [END, TO, Y_END, FACTOR, FROM] = [5, 6, 7, 9, 8] as const;
  const factors = [0, 1, 2, 3].map((i) => FACTOR + i);
  return {
    params: 5,
    i32s: 4,
    v128s: 4,
    body: [
      set(END, add(get(X), get(INNER))),
      set(Y_END, add(get(Y), get(COLUMNS))),
      repeat(
        [
          factors.map((factor, i) => set(factor, loadSplat(add(get(X), int(4 * i))))),
          set(TO, get(Y)),
          set(FROM, get(W)),
          repeat(
            [
              store(
                get(TO),
                factors.reduce(
                  (sum, factor, i) => plus(sum, times(get(factor), load(row(FROM, COLUMNS, i)))),
                  load(get(TO)),
                ),
              ),
              bump(FROM, int(16)),
              bump(TO, int(16)),
            ],
            less(get(TO), get(Y_END)),
          ),
          bump(X, int(16)),
          set(W, row(W, COLUMNS, 4)),
        ],
        less(get(X), get(END)),
      ),
    ],
  };
})();

/** y [4, columns] += x [4, inner] w: registers hold eight columns of four rows. */
const multiplyFour: Func = (() => {
  const [Y_END, FROM, TO, AT, END] = [5, 6, 7, 8, 9] as const;
  const [LEFT, RIGHT, FACTOR, SUMS] = [10, 11, 12, 13] as const;
  const rows = [0, 1, 2, 3];
  const sums = (r: number): readonly [number, number] => [SUMS + 2 * r, SUMS + 2 * r + 1];
  return {
    params: 5,
    i32s: 5,
    v128s: 11,
    body: [
      set(Y_END, add(get(Y), get(COLUMNS))),
      repeat(
        [
          rows.map((r) => sums(r).map((sum, half) => set(sum, load(row(Y, COLUMNS, r), 16 * half)))),
          set(FROM, get(W)),
          set(AT, get(X)),
          set(END, add(get(X), get(INNER))),
          repeat(
            [
              set(LEFT, load(get(FROM))),
              set(RIGHT, load(get(FROM), 16)),
              rows.map((r) => [
                set(FACTOR, loadSplat(row(AT, INNER, r))),
                sums(r).map((sum, half) =>
                  set(sum, plus(get(sum), times(get(FACTOR), get(half === 0 ? LEFT : RIGHT)))),
                ),
              ]),
              bump(FROM, get(COLUMNS)),
              bump(AT, int(4)),
            ],
            less(get(AT), get(END)),
          ),
          set(TO, get(Y)),
          rows.map((r) => [sums(r).map((sum, half) => store(get(TO), get(sum), 16 * half)), bump(TO, get(COLUMNS))]),
          bump(W, int(32)),
          bump(Y, int(32)),
        ],
        less(get(Y), get(Y_END)),
      ),
    ],
  };
})();

/** y [rows] = w x, where rows of w are as long as x; lengths of x and y in bytes. */
const score: Func = (() => {
  const [ROWS, X_AT, Y_AT, LENGTH, Y_LENGTH, AT, END, Y_END, SUM, OTHER] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
  const term = (offset: number): Code => times(load(get(ROWS), offset), load(get(AT), offset));
  return {
    params: 5,
    i32s: 3,
    v128s: 2,
    body: [
      set(END, add(get(X_AT), get(LENGTH))),
      set(Y_END, add(get(Y_AT), get(Y_LENGTH))),
      repeat(
        [
          set(AT, get(X_AT)),
          set(SUM, zeros()),
          set(OTHER, zeros()),
          repeat(
            [
              set(SUM, plus(get(SUM), term(0))),
              set(OTHER, plus(get(OTHER), term(16))),
              bump(AT, int(32)),
              bump(ROWS, int(32)),
            ],
            less(get(AT), get(END)),
          ),
          set(SUM, plus(get(SUM), get(OTHER))),
          storeSum(get(Y_AT), SUM),
          bump(Y_AT, int(4)),
        ],
        less(get(Y_AT), get(Y_END)),
      ),
    ],
  };
})();
