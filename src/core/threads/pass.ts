/**
 * Compiles a formula over rows of floats into a WebAssembly function. Every element is computed with the operations of
 * the formula, each rounded to f32, and sums add one term after another from the first on. So the bits depend neither
 * on the lane nor on the thread that computes an element.
 */
import {
  add,
  type Code,
  either,
  type Func,
  get,
  int,
  larger,
  less,
  load,
  loadLane,
  loadOne,
  loadSplat,
  multiply,
  plus,
  repeat,
  set,
  smaller,
  splatOfBits,
  splatOfInt,
  store,
  storeLane,
  zeros,
} from '../base/assembler';

/** `each`: a float per element; `column`: per column; `row`: per row; `number`: one, given by its bits. */
export type Kind = 'each' | 'column' | 'row' | 'number';

/** Stores a value in a local and returns its reader, for values used more than once. */
export type Keep = (value: Code) => Code;

type Inputs = Readonly<Record<string, Kind>>;
/** Readers of the inputs of an element. */
type Values<I extends Inputs> = { readonly [name in keyof I]: Code };

export interface Pass<I extends Inputs = Inputs> {
  /** `map`: an output per element; `columns`: the sum over the rows; `rows`: the sum, or maximum, over the columns. */
  output: 'map' | 'columns' | 'rows';
  inputs: I;
  formula(value: Values<I>, keep: Keep): Code;
  /** Of `rows`: keep the largest value instead of the sum. */
  isMaximum?: boolean;
  /** Of `rows`: turns the sum into the output; `columns` is their number. */
  finish?(sum: Code, columns: Code, value: Values<I>): Code;
}

/** Returns a pass, typed by its inputs. */
export const pass = <const I extends Inputs>(of: Pass<I>): Pass<I> => of;

/**
 * A compiled pass. Numbers: for each input its address, or the bits of a `number`, and the bytes from row to row; then
 * the same of the output; then rows and columns.
 */
export type PassFunction = (...numbers: number[]) => void;

/** Parameters and locals of a function under construction. */
class Locals {
  readonly inputs: readonly [name: string, kind: Kind][];
  readonly params: number;
  /** First of the parameters for output address, output stride, rows, columns. */
  readonly output: number;
  i32s = 0;
  v128s = 0;
  constructor(
    { inputs }: Pass,
    readonly i32Limit: number,
  ) {
    this.inputs = Object.entries(inputs);
    this.output = 2 * this.inputs.length;
    this.params = this.output + 4;
  }
  i32(): number {
    if (this.i32s === this.i32Limit) throw new RangeError(`More than ${this.i32Limit} i32 locals.`);
    return this.params + this.i32s++;
  }
  v128(): number {
    return this.params + this.i32Limit + this.v128s++;
  }
  address = (input: number): number => 2 * input;
  stride = (input: number): number => 2 * input + 1;
  get rows(): number {
    return this.output + 2;
  }
  get columns(): number {
    return this.output + 3;
  }
  func(body: Code): Func {
    return { params: this.params, i32s: this.i32Limit, v128s: this.v128s, body };
  }
}

export const compilePass = (of: Pass): Func =>
  of.output === 'map' ? compileMap(of) : of.output === 'columns' ? compileColumnSums(of) : compileRowSums(of);

const bump = (local: number, by: Code): Code => set(local, add(get(local), by));
const vectorBytes = 16;

/** Code of the formula and the statements before it. */
function evaluate(
  { inputs, formula }: Pass,
  read: (input: number) => Code,
  locals: Locals,
): [before: Code, value: Code] {
  const before: Code[] = [];
  const keep: Keep = (value) => {
    const local = locals.v128();
    before.push(set(local, value));
    return get(local);
  };
  const values = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, keep(read(i))]));
  return [before, formula(values, keep)];
}

/** Four columns at a time, the last one to three one by one. */
function compileMap(of: Pass): Func {
  const locals = new Locals(of, Object.keys(of.inputs).length + 2);
  const { inputs, output, rows, columns } = locals;
  const pointers = inputs.map(() => locals.i32());
  const [to, left] = [locals.i32(), locals.i32()];
  const splats = inputs.map(() => locals.v128());
  const isMoving = (i: number): boolean => inputs[i]![1] === 'each' || inputs[i]![1] === 'column';
  const body = (read: (address: Code) => Code, write: (value: Code) => Code, bytes: number): Code => {
    const [before, value] = evaluate(of, (i) => (isMoving(i) ? read(get(pointers[i]!)) : get(splats[i]!)), locals);
    return [
      before,
      write(value),
      pointers.map((pointer, i) => (isMoving(i) ? bump(pointer, int(bytes)) : [])),
      bump(to, int(bytes)),
      bump(left, int(-bytes / 4)),
    ];
  };
  const vector = body(load, (value) => store(get(to), value), vectorBytes);
  const single = body(loadOne, (value) => storeLane(get(to), value, 0), 4);
  return locals.func([
    inputs.map(([, kind], i) => (kind === 'number' ? set(splats[i]!, splatOfBits(get(locals.address(i)))) : [])),
    repeat(
      [
        inputs.map(([, kind], i) => [
          kind === 'row' ? set(splats[i]!, loadSplat(get(locals.address(i)))) : [],
          set(pointers[i]!, get(locals.address(i))),
        ]),
        set(to, get(output)),
        set(left, get(columns)),
        either(less(get(left), int(4)), [], repeat(vector, less(int(3), get(left)))),
        either(get(left), repeat(single, get(left))),
        nextRow(locals),
        bump(output, get(output + 1)),
        bump(rows, int(-1)),
      ],
      get(rows),
    ),
  ]);
}

/** Moves each input that has rows to its next one. */
const nextRow = (locals: Locals): Code =>
  locals.inputs.map(([, kind], i) => (kind === 'number' ? [] : bump(locals.address(i), get(locals.stride(i)))));

/** Sixteen columns at a time, so that four sums hide the latency of an addition; then four; then one. */
function compileColumnSums(of: Pass): Func {
  const locals = new Locals(of, Object.keys(of.inputs).length + 1);
  const { inputs, output, rows, columns } = locals;
  const pointers = inputs.map(() => locals.i32());
  const left = locals.i32();
  const sums = [0, 1, 2, 3].map(() => locals.v128());
  const hasColumns = (i: number): boolean => inputs[i]![1] === 'each' || inputs[i]![1] === 'column';
  const block = (vectors: number, isSingle: boolean): Code => {
    const read = (i: number, vector: number): Code => {
      const address = get(pointers[i]!);
      if (inputs[i]![1] === 'number') return splatOfBits(address);
      if (inputs[i]![1] === 'row') return loadSplat(address);
      return isSingle ? loadOne(address) : load(address, vectorBytes * vector);
    };
    const used = sums.slice(0, vectors);
    const terms = used.map((sum, vector) => {
      const [before, value] = evaluate(of, (i) => read(i, vector), locals);
      return [before, set(sum, plus(get(sum), value))];
    });
    const bytes = isSingle ? 4 : vectorBytes * vectors;
    return [
      inputs.map((_, i) => set(pointers[i]!, get(locals.address(i)))),
      used.map((sum) => set(sum, zeros())),
      set(left, get(rows)),
      repeat(
        [
          terms,
          pointers.map((pointer, i) => (inputs[i]![1] === 'number' ? [] : bump(pointer, get(locals.stride(i))))),
          bump(left, int(-1)),
        ],
        get(left),
      ),
      used.map((sum, v) =>
        isSingle ? storeLane(get(output), get(sum), 0) : store(get(output), get(sum), vectorBytes * v),
      ),
      inputs.map((_, i) => (hasColumns(i) ? bump(locals.address(i), int(bytes)) : [])),
      bump(output, int(bytes)),
      bump(columns, int(-bytes / 4)),
    ];
  };
  const whileAtLeast = (count: number, code: Code): Code =>
    either(less(get(columns), int(count)), [], repeat(code, less(int(count - 1), get(columns))));
  return locals.func([
    whileAtLeast(16, block(4, false)),
    whileAtLeast(4, block(1, false)),
    whileAtLeast(1, block(1, true)),
  ]);
}

/** Four rows at a time, one in each lane; lanes beyond the last row repeat it. */
function compileRowSums(of: Pass): Func {
  const { isMaximum = false, finish = (sum: Code) => sum } = of;
  const byLane = Object.values(of.inputs).filter((kind) => kind === 'each').length;
  const locals = new Locals(of, 4 * byLane + 3);
  const { inputs, output, rows, columns } = locals;
  const LANES = [0, 1, 2, 3];
  const lanePointers = inputs.map(([, kind]) => (kind === 'each' ? LANES.map(() => locals.i32()) : []));
  const [row, offset, end] = [locals.i32(), locals.i32(), locals.i32()];
  const splats = inputs.map(() => locals.v128());
  const result = locals.v128();
  const rowOf = (lane: number): Code => smaller(add(get(row), int(lane)), add(get(rows), int(-1)));
  const addressOf = (i: number, lane: number): Code =>
    add(get(locals.address(i)), multiply(rowOf(lane), get(locals.stride(i))));
  const gathered = (address: (lane: number) => Code): Code =>
    LANES.slice(1).reduce<Code>((into, lane) => loadLane(address(lane), into, lane), loadOne(address(0)));
  const read = (i: number): Code => {
    const kind = inputs[i]![1];
    if (kind === 'each') return gathered((lane) => add(get(lanePointers[i]![lane]!), get(offset)));
    if (kind === 'column') return loadSplat(add(get(locals.address(i)), get(offset)));
    return get(splats[i]!);
  };
  const [beforeFirst, first] = isMaximum ? evaluate(of, read, locals) : [[], zeros()];
  const [before, value] = evaluate(of, read, locals);
  const named = Object.fromEntries(inputs.map(([name], i) => [name, get(splats[i]!)]));
  return locals.func([
    inputs.map(([, kind], i) => (kind === 'number' ? set(splats[i]!, splatOfBits(get(locals.address(i)))) : [])),
    set(row, int(0)),
    repeat(
      [
        inputs.map(([, kind], i) => [
          lanePointers[i]!.map((pointer, lane) => set(pointer, addressOf(i, lane))),
          kind === 'row'
            ? set(
                splats[i]!,
                gathered((lane) => addressOf(i, lane)),
              )
            : [],
        ]),
        set(offset, int(0)),
        set(end, multiply(get(columns), int(4))),
        beforeFirst,
        set(result, first),
        repeat(
          [
            before,
            set(result, isMaximum ? larger(get(result), value) : plus(get(result), value)),
            bump(offset, int(4)),
          ],
          less(get(offset), get(end)),
        ),
        set(result, finish(get(result), splatOfInt(get(columns)), named)),
        LANES.map((lane) => storeLane(add(get(output), multiply(rowOf(lane), int(4))), get(result), lane)),
        bump(row, int(4)),
      ],
      less(get(row), get(rows)),
    ),
  ]);
}
