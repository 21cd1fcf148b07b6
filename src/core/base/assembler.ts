/**
 * Minimal WebAssembly assembler for our kernels: functions of i32 parameters that return nothing, over one imported
 * memory. Code is nested lists of bytes. https://webassembly.github.io/spec/core/binary/
 */
export type Code = readonly (number | Code)[];

export interface Func {
  /** i32 parameters, numbered from 0; then i32 locals; then v128 locals. */
  params: number;
  i32s: number;
  v128s: number;
  body: Code;
}

/**
 * Builds a module that exports the functions by name and imports its memory as `page.memory`.
 * @param shared maximum pages of a shared memory; absent for an unshared memory
 */
export function assemble(functions: Readonly<Record<string, Func>>, shared?: number): Uint8Array<ArrayBuffer> {
  const all = Object.entries(functions);
  const section = (id: number, items: readonly Code[]): Code => [id, sized([unsigned(items.length), ...items])];
  const bytes: Code = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(
      1,
      all.map(([, { params }]) => [0x60, unsigned(params), new Array<number>(params).fill(I32), 0]),
    ),
    section(2, [[name('page'), name('memory'), 0x02, shared === undefined ? [0x00, 0] : [0x03, 0, unsigned(shared)]]]),
    section(
      3,
      all.map((_, i) => unsigned(i)),
    ),
    section(
      7,
      all.map(([key], i) => [name(key), 0x00, unsigned(i)]),
    ),
    section(
      10,
      all.map(([, { i32s, v128s, body }]) => sized([2, [unsigned(i32s), I32], [unsigned(v128s), V128], body, 0x0b])),
    ),
  ];
  return Uint8Array.from(flat(bytes));
}

export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const int = (n: number): Code => [0x41, signed(n)];
export const add = (a: Code, b: Code): Code => [a, b, 0x6a];
/** Runs the body, and repeats it while `condition` holds after it. */
export const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
export const less = (a: Code, b: Code): Code => [a, b, 0x49];
export const multiply = (a: Code, b: Code): Code => [a, b, 0x6c];
export const either = (condition: Code, then: Code, otherwise: Code = []): Code => [
  [condition, 0x04, 0x40, then],
  otherwise.length === 0 ? [] : [0x05, otherwise],
  0x0b,
];
/** Copy one float (`moved`), or add it to the float at the target (`summed`). */
export const moved = (to: Code, from: Code): Code => [to, from, 0x2a, at(0), 0x38, at(0)];
export const summed = (to: Code, from: Code): Code => [to, [to, 0x2a, at(0)], [from, 0x2a, at(0)], 0x92, 0x38, at(0)];

const simd = (operation: number): Code => [0xfd, unsigned(operation)];
const at = (offset: number): Code => [2, unsigned(offset)]; // aligned to 4 bytes
/** Load and store four floats. */
export const load = (address: Code, offset = 0): Code => [address, simd(0x00), at(offset)];
export const store = (address: Code, value: Code, offset = 0): Code => [address, value, simd(0x0b), at(offset)];
/** Loads one float into all four lanes. */
export const loadSplat = (address: Code, offset = 0): Code => [address, simd(0x09), at(offset)];
export const root = (a: Code): Code => [a, simd(0xe3)];
export const minus = (a: Code, b: Code): Code => [a, b, simd(0xe5)];
export const over = (a: Code, b: Code): Code => [a, b, simd(0xe7)];
export const plus = (a: Code, b: Code): Code => [a, b, simd(0xe4)];
export const times = (a: Code, b: Code): Code => [a, b, simd(0xe6)];
/** Shuffles lanes: 0 to 3 come from `a`, 4 to 7 from `b`. */
export const lanes = (a: Code, b: Code, taken: readonly [number, number, number, number]): Code => [
  [a, b, simd(0x0d)],
  taken.flatMap((i) => [0, 1, 2, 3].map((byte) => 4 * i + byte)),
];
export const zeros = (): Code => [int(0), simd(0x11)];
const lane = (value: Code, i: number): Code => [value, simd(0x1f), i];
/** Stores the sum of a local's four floats. */
export const storeSum = (address: Code, local: number): Code => [
  address,
  [lane(get(local), 0), lane(get(local), 1), 0x92],
  [lane(get(local), 2), lane(get(local), 3), 0x92],
  [0x92, 0x38, at(0)],
];

const I32 = 0x7f;
const V128 = 0x7b;
const flat = (code: Code): number[] => code.flatMap((part) => (typeof part === 'number' ? part : flat(part)));
const sized = (code: Code): Code => {
  const bytes = flat(code);
  return [unsigned(bytes.length), bytes];
};
const name = (text: string): Code => [text.length, Array.from(text, (character) => character.charCodeAt(0))];

/** LEB128 encoding. */
const unsigned = (n: number): Code => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, unsigned(n >>> 7)]);
const signed = (n: number): Code => (n >= -64 && n < 64 ? [n & 0x7f] : [(n & 0x7f) | 0x80, signed(n >> 7)]);
