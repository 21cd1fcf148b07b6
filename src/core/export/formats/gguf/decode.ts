/**
 * Decodes tensors of GGUF to f32, a whole number of blocks at a time, with the values of ggml's `dequantize_row_*`
 * (ggml/src/ggml-quants.c; its structs are in ggml-common.h). Products of an f16 and small integers, and all but their
 * last sum, are exact in f64. So values equal ggml's bit for bit.
 */
import { fromHalf } from '../../../base/half';

export interface GgufDecoder {
  name: string;
  /** Values per block, and bytes per block. */
  block: number;
  bytes: number;
  /** Decodes the block at `at` to `out[to..to + block)`. */
  decode(data: Uint8Array, at: number, out: Float32Array, to: number): void;
}

/** Decoders by ggml's type number. */
export const GGUF_DECODERS: ReadonlyMap<number, GgufDecoder> = new Map<number, GgufDecoder>([
  [0, { name: 'F32', block: 1, bytes: 4, decode: (data, at, out, to) => (out[to] = f32(data, at)) }],
  [1, { name: 'F16', block: 1, bytes: 2, decode: (data, at, out, to) => (out[to] = f16(data, at)) }],
  [30, { name: 'BF16', block: 1, bytes: 2, decode: (data, at, out, to) => (out[to] = bf16(data, at)) }],
  [2, { name: 'Q4_0', block: 32, bytes: 18, decode: q4_0 }],
  [3, { name: 'Q4_1', block: 32, bytes: 20, decode: q4_1 }],
  [6, { name: 'Q5_0', block: 32, bytes: 22, decode: q5_0 }],
  [7, { name: 'Q5_1', block: 32, bytes: 24, decode: q5_1 }],
  [8, { name: 'Q8_0', block: 32, bytes: 34, decode: q8_0 }],
  [12, { name: 'Q4_K', block: 256, bytes: 144, decode: q4_K }],
  [13, { name: 'Q5_K', block: 256, bytes: 176, decode: q5_K }],
  [14, { name: 'Q6_K', block: 256, bytes: 210, decode: q6_K }],
]);

const f16 = (data: Uint8Array, at: number): number => fromHalf(data[at]! | (data[at + 1]! << 8));
const scratch = new DataView(new ArrayBuffer(4));
function f32(data: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) scratch.setUint8(i, data[at + i]!);
  return scratch.getFloat32(0, true);
}
/** bfloat16 is the upper half of a float32. */
function bf16(data: Uint8Array, at: number): number {
  scratch.setUint32(0, (data[at]! | (data[at + 1]! << 8)) * 0x1_0000);
  return scratch.getFloat32(0);
}
const i8 = (byte: number): number => (byte << 24) >> 24;

/** An f16 scale d, then 32 values of 4 bits; the low nibbles of all bytes come first. */
function q4_0(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16(data, at);
  for (let j = 0; j < 16; j++) {
    const q = data[at + 2 + j]!;
    out[to + j] = d * ((q & 15) - 8);
    out[to + j + 16] = d * ((q >> 4) - 8);
  }
}

/** Two f16: the scale d and the minimum m. */
function q4_1(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const [d, m] = [f16(data, at), f16(data, at + 2)];
  for (let j = 0; j < 16; j++) {
    const q = data[at + 4 + j]!;
    out[to + j] = d * (q & 15) + m;
    out[to + j + 16] = d * (q >> 4) + m;
  }
}

/** Fifth bit of value i, shifted left by 4. A block stores all 32 fifth bits before the low bits. */
const fifth = (data: Uint8Array, at: number, i: number): number => ((data[at + (i >> 3)]! >> (i & 7)) & 1) << 4;

function q5_0(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16(data, at);
  for (let j = 0; j < 16; j++) {
    const q = data[at + 6 + j]!;
    out[to + j] = d * (((q & 15) | fifth(data, at + 2, j)) - 16);
    out[to + j + 16] = d * (((q >> 4) | fifth(data, at + 2, j + 16)) - 16);
  }
}

function q5_1(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const [d, m] = [f16(data, at), f16(data, at + 2)];
  for (let j = 0; j < 16; j++) {
    const q = data[at + 8 + j]!;
    out[to + j] = d * ((q & 15) | fifth(data, at + 4, j)) + m;
    out[to + j + 16] = d * ((q >> 4) | fifth(data, at + 4, j + 16)) + m;
  }
}

function q8_0(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16(data, at);
  for (let j = 0; j < 32; j++) out[to + j] = d * i8(data[at + 2 + j]!);
}

/** Scale and minimum of one of eight parts of 32 values, 6 bits each, in 12 bytes: get_scale_min_k4. */
function part(data: Uint8Array, at: number, i: number): { scale: number; min: number } {
  const [a, b] = [data[at + i]!, data[at + i + 4]!];
  if (i < 4) return { scale: a & 63, min: b & 63 };
  const c = data[at + i - 4]!;
  return { scale: (b & 15) | ((c >> 6) << 4), min: (b >> 4) | ((a >> 6) << 4) };
}

/** Two f16 (d and dmin), scales, 256 values of 4 bits; per 64 values, the low nibbles of 32 bytes come first. */
function q4_K(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const [d, dmin] = [f16(data, at), f16(data, at + 2)];
  for (let i = 0; i < 8; i++) {
    const { scale, min } = part(data, at + 4, i);
    const [factor, offset] = [d * scale, dmin * min];
    const [values, shift] = [at + 16 + 32 * (i >> 1), 4 * (i & 1)];
    for (let l = 0; l < 32; l++) out[to + 32 * i + l] = factor * ((data[values + l]! >> shift) & 15) - offset;
  }
}

/** Like Q4_K with a fifth bit per value: byte l has those of value l of each part. */
function q5_K(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const [d, dmin] = [f16(data, at), f16(data, at + 2)];
  for (let i = 0; i < 8; i++) {
    const { scale, min } = part(data, at + 4, i);
    const [factor, offset] = [d * scale, dmin * min];
    const [values, shift] = [at + 48 + 32 * (i >> 1), 4 * (i & 1)];
    for (let l = 0; l < 32; l++) {
      const high = ((data[at + 16 + l]! >> i) & 1) << 4;
      out[to + 32 * i + l] = factor * (((data[values + l]! >> shift) & 15) | high) - offset;
    }
  }
}

/** Per 128 values: 64 bytes of low 4 bits, 32 of high 2 bits, eight scales of 16 values. The scale d is last. */
function q6_K(data: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = f16(data, at + 208);
  for (let i = 0; i < 8; i++) {
    const [half, quarter] = [i >> 2, i & 3];
    const [low, lowShift] = [at + 64 * half + 32 * (quarter & 1), 4 * (quarter >> 1)];
    const high = at + 128 + 32 * half;
    for (let l = 0; l < 32; l++) {
      const scale = i8(data[at + 192 + 8 * half + 2 * quarter + (l >> 4)]!);
      const q = ((data[low + l]! >> lowShift) & 15) | (((data[high + l]! >> (2 * quarter)) & 3) << 4);
      out[to + 32 * i + l] = d * scale * (q - 32);
    }
  }
}

/** ggml's names of the types that have no decoder here (ggml.h, enum ggml_type). */
const OTHERS: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};
export const ggufTypeName = (type: number): string =>
  GGUF_DECODERS.get(type)?.name ?? OTHERS[type] ?? `of ggml's type ${type}`;
