/**
 * safetensors: u64 little-endian header length, JSON header, then the tensors' bytes without gaps.
 * https://github.com/huggingface/safetensors, rules of `Metadata::validate` in safetensors/src/tensor.rs.
 */
import { badFile } from '../base/errors';
import { fromHalf } from '../base/half';
import type { Job } from '../base/job';
import { MAX_HEADER_BYTES } from '../base/limits';
import { type ByteSource, type ByteStream, readExactly } from '../files/byteSource';
import { parseHeader, type HeaderEntry } from './safetensorsHeader';
import { bytesOf, type HostTensor, type TensorInPieces } from './tensors';
import { checkHash, hashTensors, NO_HASH, TENSORS_SHA256 } from './tensorsHash';

/**
 * Writes tensors in the map's order, all F32, and their hash. Includes `format: pt`, because older transformers reject
 * files without it.
 */
export function writeSafetensors(
  name: string,
  tensors: ReadonlyMap<string, HostTensor | TensorInPieces>,
  metadata: Readonly<Record<string, string>> = {},
): ByteStream {
  const entries: string[] = [];
  let offset = 0;
  for (const [tensor, { shape }] of tensors) {
    const end = offset + 4 * shape.reduce((a, b) => a * b, 1);
    entries.push(
      `${JSON.stringify(tensor)}:{"dtype":"F32","shape":[${shape.join(',')}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const header = (hash: string): Uint8Array => {
    const metadataWithHash = { format: 'pt', [TENSORS_SHA256]: hash, ...metadata };
    const json = new TextEncoder().encode(
      `{${[`"__metadata__":${JSON.stringify(metadataWithHash)}`, ...entries].join(',')}}`,
    );
    const length = Math.ceil(json.length / 8) * 8;
    const bytes = new Uint8Array(8 + length).fill(SPACE);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
    bytes.set(json, 8);
    return bytes;
  };
  return {
    name,
    size: header(NO_HASH).length + offset,
    async *chunks() {
      yield header(await hashTensors(bytePieces(tensors)));
      yield* bytePieces(tensors);
    },
  };
}

function* bytePieces(tensors: ReadonlyMap<string, HostTensor | TensorInPieces>): Generator<Uint8Array> {
  for (const tensor of tensors.values()) {
    for (const data of 'data' in tensor ? [tensor.data] : tensor.pieces()) {
      const bytes = bytesOf({ data });
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    }
  }
}

export interface Safetensors {
  readonly metadata: ReadonlyMap<string, string>;
  /** Header entries, checked against the file's length, without reading tensors. */
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  /**
   * Reads all tensors, and compares them with the hash in the file. Reads nothing if the file has no hash.
   * @throws HomegrownError `bad-file` with both hashes
   */
  check(job: Job): Promise<void>;
  /** Loads a tensor as f32. Keeps NaN and infinities: the caller decides whether to allow them. */
  load(name: string): Promise<HostTensor>;
}

/**
 * Reads and checks the header alone. `file` names the file in errors.
 * @throws HomegrownError `bad-file` for any deviation from the format
 */
export async function openSafetensors(source: ByteSource, file: string): Promise<Safetensors> {
  const fail = (reason: string, remedy?: string): Error => badFile(`${file}: ${reason}`, remedy ?? DAMAGED);
  if (source.size < 10) throw fail(`it has ${source.size} bytes; a safetensors file has at least 10`);
  const first = await readExactly(source, 0, 8, fail);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw fail(`its header has ${length.toString()} bytes; the maximum is ${MAX_HEADER_BYTES}`);
  }
  if (length < 2n || length > BigInt(source.size - 8)) {
    throw fail(`its header has ${length.toString()} bytes, more than the file of ${source.size}`);
  }
  const start = 8 + Number(length);
  const { metadata, entries } = parseHeader(await readExactly(source, 8, Number(length), fail), fail);
  checkLayout(entries, source.size - start, fail);
  return {
    metadata,
    entries,
    check: (job) => checkHash(source, file, start, metadata.get(TENSORS_SHA256), fail, job),
    async load(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw fail(`it has no tensor ${name}`);
      const decode = DECODERS[entry.dtype];
      if (decode === undefined) {
        throw fail(`tensor ${name} is ${entry.dtype}`, `Supported types: ${Object.keys(DECODERS).join(', ')}.`);
      }
      const size = DTYPE_BYTES.get(entry.dtype)!;
      const data = new Float32Array((entry.end - entry.begin) / size);
      for (let at = entry.begin; at < entry.end; at += PIECE) {
        const bytes = await readExactly(source, start + at, Math.min(PIECE, entry.end - at), fail);
        decode(bytes, data, (at - entry.begin) / size);
      }
      return { shape: entry.shape, data };
    },
  };
}

/** Checks that tensors are contiguous, have the sizes of their shapes, and end with the file. */
function checkLayout(entries: ReadonlyMap<string, HeaderEntry>, bytes: number, fail: Fail): void {
  let expected = 0;
  for (const [name, { dtype, shape, begin, end }] of [...entries].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    const size = DTYPE_BYTES.get(dtype);
    if (size === undefined)
      throw fail(`tensor ${name} has the unknown type ${dtype}`, 'Convert it to F32, F16 or BF16.');
    if (begin !== expected || end < begin) {
      throw fail(`tensor ${name} is at bytes ${begin} to ${end}, but should start at ${expected}`);
    }
    const needed = shape.reduce((product, dimension) => product * BigInt(dimension), BigInt(size));
    if (needed !== BigInt(end - begin)) {
      throw fail(
        `tensor ${name} of shape [${shape.join(', ')}] needs ${needed.toString()} bytes and has ${end - begin}`,
      );
    }
    expected = end;
  }
  if (expected !== bytes) throw fail(`its tensors end at byte ${expected} of ${bytes}`);
}

type Fail = (reason: string, remedy?: string) => Error;
type Decoder = (bytes: Uint8Array, target: Float32Array, at: number) => void;

const DECODERS: Readonly<Partial<Record<string, Decoder>>> = {
  F32: (bytes, target, at) => new Uint8Array(target.buffer, at * 4, bytes.length).set(bytes),
  F16: (bytes, target, at) => {
    for (let i = 0; i < bytes.length; i += 2) target[at + i / 2] = fromHalf(bytes[i]! | (bytes[i + 1]! << 8));
  },
  // bfloat16 is the upper half of a float32.
  BF16: (bytes, target, at) => {
    const words = new Uint16Array(target.buffer, at * 4, bytes.length);
    for (let i = 0; i < bytes.length; i += 2) words[i + 1] = bytes[i]! | (bytes[i + 1]! << 8);
  },
};

/** Bytes per element for all types of the format with whole bytes. */
const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3'].map((dtype) => [dtype, 1] as const),
  ...['I16', 'U16', 'F16', 'BF16'].map((dtype) => [dtype, 2] as const),
  ...['I32', 'U32', 'F32'].map((dtype) => [dtype, 4] as const),
  ...['I64', 'U64', 'F64'].map((dtype) => [dtype, 8] as const),
]);
/** Bytes to read or write at a time. */
const PIECE = 1 << 20;
const SPACE = 0x20;
const DAMAGED = 'Nothing was stored. The file is damaged or not a safetensors file: copy or download it again.';
