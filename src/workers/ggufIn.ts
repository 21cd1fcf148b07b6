/** Reads GGUF by its specification; the architecture states the names of tensors. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import { sha256 } from 'hash-wasm';
import { badFile } from '../core/base/errors';
import { elsewhere, hubLayout } from '../core/export/weights';
import { modelSpec } from '../core/models';
import { fromTheirs, type Laid, theirRows, theirShape } from '../core/models/layout';
import type { ModelChoice } from '../core/models/network';
import { sizeOf } from '../core/models/spec';
import { compareHash } from '../core/verify/compareHash';
import type { ReadBack } from '../core/verify/readBack';

interface Gguf {
  view: DataView;
  /** Numbers of 32 bits, and lengths of lists. */
  numbers: ReadonlyMap<string, number>;
  /** `shape`: fastest dimension first. `at`: byte offset of the first value in the file. */
  tensors: readonly { name: string; shape: readonly number[]; type: number; at: number }[];
}

/** Reads the header and checks the tensors against its hash. */
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
  /** Numbers of 32 bits and lengths of lists; skips other values except the hash. */
  const value = (key: string, type: number): number => {
    if (type === 4 || type === 5) return u32();
    if (type === 6) return view.getFloat32((at += 4) - 4, true);
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
    if (size === undefined) throw badFile(`GGUF has no value type ${type}`);
    at += size;
    return NaN;
  };

  if (u32() !== 0x46554747 || u32() !== 3) throw badFile('The file is not GGUF version 3');
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

/**
 * Returns weights in f32 under Hugging Face's names, by the architecture's two layouts.
 * @throws HomegrownError `bad-file` if sizes or tensors aren't the model's
 */
export function ggufIn({ view, numbers, tensors }: Gguf, choice: ModelChoice): ReadBack {
  const model = elsewhere(choice);
  const { label, gguf, params } = modelSpec(model.id);
  const ggufSpec = gguf!; // or there was no such file to check
  const table = params(model.config, model.vocabulary);
  const sizes = Object.entries(ggufSpec.sizes(model)).map<[string, number]>(([key, size]) => [
    `${ggufSpec.name(model.config)}.${key}`,
    'u32' in size ? size.u32 : Math.fround(size.f32),
  ]);
  for (const [key, size] of [...sizes, ['tokenizer.ggml.tokens', model.vocabulary] as const]) {
    const stored = numbers.get(key);
    if (stored !== size) throw badFile(`${key} is ${stored ?? 'missing'}, and the model has ${size}`);
  }
  const pieces = new Map(ggufSpec.layout(model.config).map((piece) => [piece.name, piece]));
  const ours = new Map<string, Laid>();
  for (const { name, shape, type, at } of tensors) {
    const piece = pieces.get(name);
    if (!piece) throw badFile(`A ${label} model has no tensor ${name}`);
    pieces.delete(name);
    const { shape: fullShape } = table[piece.of]!;
    if (String(shape.toReversed()) !== String(theirShape(piece, fullShape)))
      throw badFile(`${name} has shape [${shape.join(', ')}] (fastest dimension first), unlike the model`);
    if (!ours.has(piece.of)) ours.set(piece.of, { shape: fullShape, data: new Float32Array(sizeOf(fullShape)) });
    fromTheirs(piece, decode(view, at, sizeOf(shape), type), ours.get(piece.of)!);
  }
  const [missing] = pieces.keys();
  if (missing !== undefined) throw badFile(`The tensor ${missing} is missing`);
  const weights = hubLayout(model).map((piece) => {
    const [values] = theirRows(piece, ours.get(piece.of)!, Infinity);
    return [piece.name, values!] as const;
  });
  return { model, weights: new Map(weights) };
}
/** Bytes of values by type: u8, i8, u16, i16, bool, and those of 64 bits. */
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 7: 1, 10: 8, 11: 8, 12: 8 };

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
      throw badFile(`A tensor has the unsupported ggml type ${type}`);
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}
