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
/** One float in all four lanes: a constant, or the bits of an i32. */
export const number = (value: number): Code => {
  const bytes = [...new Uint8Array(Float32Array.of(value).buffer)];
  return [simd(0x0c), [...bytes, ...bytes, ...bytes, ...bytes]];
};
export const splatOfBits = (bits: Code): Code => [bits, 0xbe, simd(0x13)];
/** An i32 in all four lanes, as floats. */
export const splatOfInt = (n: Code): Code => [n, simd(0x11), simd(0xfa)];
export const magnitude = (a: Code): Code => [a, simd(0xe0)];
/** b where a < b, else a. */
export const larger = (a: Code, b: Code): Code => [a, b, simd(0xeb)];
/** All bits of a lane set where a < b. */
export const below = (a: Code, b: Code): Code => [a, b, simd(0x43)];
/** Lanes of `a` where the mask's bits are set, else of `b`. */
export const chosen = (mask: Code, a: Code, b: Code): Code => [a, b, mask, simd(0x52)];
/** Shifts the bits of each lane to the left. */
export const shifted = (a: Code, bits: number): Code => [a, int(bits), simd(0xab)];
/** The smaller of two unsigned i32. */
export const smaller = (a: Code, b: Code): Code => [a, b, a, b, 0x49, 0x1b];
/** Loads one float into a lane of `into`, or into the first lane with zeros in the others. */
export const loadLane = (address: Code, into: Code, i: number): Code => [address, into, simd(0x56), at(0), i];
export const loadOne = (address: Code): Code => [address, simd(0x5c), at(0)];
/** Stores one lane. */
export const storeLane = (address: Code, value: Code, i: number): Code => [address, value, simd(0x5a), at(0), i];
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
