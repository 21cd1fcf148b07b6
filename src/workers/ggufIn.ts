/** GGUF read back from its specification, apart from what writes it. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import { sha256 } from 'hash-wasm';
import { badFile } from '../core/base/errors';
import { compareHash } from '../core/verify/compareHash';
import type { ReadBack } from '../core/verify/readBack';

export interface Gguf {
  view: DataView;
  /** Numbers of 32 bits, and lengths of lists. */
  numbers: ReadonlyMap<string, number>;
  /** `shape`: fastest first. `at`: of the first value, from the beginning of the file. */
  tensors: readonly { name: string; shape: readonly number[]; type: number; at: number }[];
}

/** Its header, once the tensors are found to be those that the hash in it is of. */
export async function openGguf(bytes: Uint8Array): Promise<Gguf> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const u32 = (): number => view.getUint32((at += 4) - 4, true);
  const u64 = (): number => Number(view.getBigUint64((at += 8) - 8, true));
  const string = (): string => {
    const length = u64();
    return new TextDecoder().decode(bytes.subarray(at, (at += length)));
  };
  let hash: string | undefined;
  /** Numbers of 32 bits, lengths of lists; other values but the hash are passed over. */
  const value = (key: string, type: number): number => {
    if (type === 4 || type === 5) return u32();
    if (type === 8) {
      const text = string();
      if (key === 'homegrown.tensors.sha256') hash = text;
      return NaN;
    }
    if (type === 9) {
      const [of, length] = [u32(), u64()];
      for (let i = 0; i < length; i++) value('', of);
      return length;
    }
    const size = SIZES[type];
    if (size === undefined) throw badFile(`GGUF has no type of value ${type}`);
    at += size;
    return NaN;
  };

  if (u32() !== 0x46554747 || u32() !== 3) throw badFile('It is not GGUF of version 3');
  const [tensors, keys] = [u64(), u64()];
  const numbers = new Map<string, number>();
  for (let i = 0; i < keys; i++) {
    const key = string();
    numbers.set(key, value(key, u32()));
  }
  const infos = Array.from({ length: tensors }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  const start = Math.ceil(at / 32) * 32;
  compareHash(await sha256(bytes.subarray(start)), hash);
  return { view, numbers, tensors: infos.map(({ offset, ...info }) => ({ ...info, at: start + offset })) };
}

/** A GPT-2: sizes from its keys, weights in 32 bits under Hugging Face's names. */
export function ggufIn({ view, numbers, tensors }: Gguf): ReadBack {
  const weights = new Map<string, Float32Array>();
  for (const { name, shape, type, at } of tensors) {
    const { hugging, isTransposed } = nameOf(name);
    const count = shape.reduce((product, size) => product * size, 1);
    const values = decode(view, at, count, type);
    weights.set(hugging, isTransposed ? transposed(values, shape[0]!) : values);
  }
  const size = (key: string): number => numbers.get(`gpt2.${key}`) ?? NaN;
  return {
    model: {
      id: 'gpt',
      config: {
        layers: size('block_count'),
        heads: size('attention.head_count'),
        width: size('embedding_length'),
        context: size('context_length'),
        ...(weights.has('lm_head.weight') && { untied: true as const }),
      },
      vocabulary: numbers.get('tokenizer.ggml.tokens') ?? NaN,
    },
    weights,
  };
}
/** Bytes of values by type: u8, i8, u16, i16, f32, bool, and those of 64 bits. */
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/** [rows, columns] with `columns` values a row -> [columns, rows] */
function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const isTransposed = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) isTransposed[c * rows + r] = values[r * columns + c]!;
  return isTransposed;
}

function decode(view: DataView, at: number, count: number, type: number): Float32Array {
  const values = new Float32Array(count);
  switch (type) {
    case 0:
      for (let i = 0; i < count; i++) values[i] = view.getFloat32(at + 4 * i, true);
      return values;
    case 1:
      for (let i = 0; i < count; i++) values[i] = half(view.getUint16(at + 2 * i, true));
      return values;
    case 8: // a half, then 32 whole numbers that it multiplies
      for (let i = 0; i < count; i++) {
        const block = at + 34 * Math.floor(i / 32);
        values[i] = half(view.getUint16(block, true)) * view.getInt8(block + 2 + (i % 32));
      }
      return values;
    default:
      throw badFile(`A tensor has ggml's type ${type}`);
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

function nameOf(name: string): { hugging: string; isTransposed: boolean } {
  if (name === 'output.weight') return { hugging: 'lm_head.weight', isTransposed: false };
  const [, layer, part = '', kind = ''] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const hugging = PARTS[part];
  if (hugging === undefined) throw badFile(`GPT-2 has no tensor ${name}`);
  const block = layer === undefined ? '' : `h.${layer}.`;
  return {
    hugging: `transformer.${block}${hugging}.${kind}`,
    isTransposed: kind === 'weight' && hugging.includes('.c_'),
  };
}
const PARTS: Readonly<Record<string, string>> = {
  token_embd: 'wte',
  position_embd: 'wpe',
  attn_norm: 'ln_1',
  attn_qkv: 'attn.c_attn',
  attn_output: 'attn.c_proj',
  ffn_norm: 'ln_2',
  ffn_up: 'mlp.c_fc',
  ffn_down: 'mlp.c_proj',
  output_norm: 'ln_f',
};
