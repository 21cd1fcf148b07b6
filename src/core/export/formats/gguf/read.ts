/**
 * Reads an external GGUF file: checks its header against the file, and reads tensors one at a time. Supports versions 2
 * and 3, little-endian. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { badFile } from '../../../base/errors';
import { yieldToEventLoop } from '../../../base/job';
import {
  MAX_HEADER_BYTES,
  MAX_NAME_LENGTH,
  MAX_DIMENSIONS,
  MAX_METADATA_ENTRIES,
  MAX_TENSORS,
} from '../../../base/limits';
import { checkHash, TENSORS_SHA256 } from '../../../checkpoint/tensorsHash';
import { type ByteSource, readExactly } from '../../../files/byteSource';
import { type GgufValue, HeaderReader } from './headerReader';
import { GGUF_DECODERS, type GgufDecoder, ggufTypeName } from './decode';
import { type Weights, writtenAs } from '../../openWeights';

interface GgufFile {
  keys: ReadonlyMap<string, GgufValue>;
  weights: Weights;
}

interface Tensor {
  /** Row-major. */
  shape: readonly number[];
  decoder: GgufDecoder;
  /** Byte offset in the file. */
  begin: number;
  bytes: number;
}

/** Reads the header alone. @throws HomegrownError `bad-file` with file, place and reason */
export async function openGguf(source: ByteSource, file: string): Promise<GgufFile> {
  const { keys, infos, end } = await readHeader(source, file);
  const tensors = placed(infos, end, source.size, file);
  const entries = [...tensors.values()].map(({ decoder, ...rest }) => ({ as: decoder.name, ...rest }));
  return {
    keys,
    weights: {
      file,
      shapes: tensors,
      ...writtenAs(entries),
      async check(job) {
        const written = keys.get(TENSORS_SHA256);
        await checkHash(source, file, end, typeof written === 'string' ? written : undefined, failing(file), job);
      },
      async load(name) {
        const { shape, decoder, begin, bytes } = tensors.get(name)!;
        const data = new Float32Array((bytes / decoder.bytes) * decoder.block);
        const atOnce = Math.floor(PIECE / decoder.bytes) * decoder.bytes;
        let to = 0;
        for (let at = 0; at < bytes; at += atOnce) {
          const piece = await readExactly(source, begin + at, Math.min(atOnce, bytes - at), failing(file));
          for (let block = 0; block < piece.length; block += decoder.bytes, to += decoder.block)
            decoder.decode(piece, block, data, to);
          await yieldToEventLoop();
        }
        return { shape, data };
      },
    },
  };
}
/** Bytes per read. */
const PIECE = 1 << 20;

/** Remedy for unsupported types. */
const readable = (): string =>
  `Nothing was stored. Use the model in one of these types: ${[...GGUF_DECODERS.values()].map(({ name }) => name).join(', ')}.`;

interface TensorInfo {
  name: string;
  shape: readonly number[];
  type: number;
  offset: number;
}

/** Reads a prefix, twice as long until the header fits, because GGUF doesn't state the header's size. */
async function readHeader(source: ByteSource, file: string) {
  for (let length = PIECE; ; length *= 2) {
    const bytes = await readExactly(source, 0, Math.min(length, source.size), failing(file));
    try {
      return parseHeader(bytes, file);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (length < source.size && length < MAX_HEADER_BYTES) continue;
      const reason =
        length < source.size ? `its header has more than ${MAX_HEADER_BYTES} bytes` : 'it ends within its header';
      throw badFile(`${file}: ${reason}`, DAMAGED);
    }
  }
}

/** @throws RangeError where the header continues after these bytes */
function parseHeader(bytes: Uint8Array, file: string) {
  const fail = failing(file);
  const reader = new HeaderReader(bytes, fail);
  if (bytes.length < 24 || reader.u32() !== MAGIC) throw fail('it doesn’t start like a GGUF file');
  const version = reader.u32();
  if (version >= 1 << 24) throw fail('it is big-endian', 'Nothing was stored. Use the little-endian file.');
  if (version !== 2 && version !== 3)
    throw fail(
      `it has version ${version}; supported are 2 and 3`,
      'Nothing was stored. Convert it again with llama.cpp.',
    );
  const [count, keyCount] = [reader.u64(), reader.u64()];
  if (count > MAX_TENSORS) throw fail(`it has ${count} tensors; the maximum is ${MAX_TENSORS}`);
  if (keyCount > MAX_METADATA_ENTRIES) throw fail(`it has ${keyCount} keys; the maximum is ${MAX_METADATA_ENTRIES}`);
  const keys = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = reader.string(MAX_NAME_LENGTH);
    if (keys.has(key)) throw fail(`it has the key ${JSON.stringify(key.slice(0, 80))} twice`);
    keys.set(key, reader.value());
  }
  const infos = new Map<string, TensorInfo>();
  for (let i = 0; i < count; i++) {
    const name = reader.string(MAX_NAME_LENGTH);
    if (infos.has(name)) throw fail(`it has the tensor ${JSON.stringify(name.slice(0, 80))} twice`);
    const dimensions = reader.u32();
    if (dimensions > MAX_DIMENSIONS) throw fail(`tensor ${name} has ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => reader.u64()).reverse();
    infos.set(name, { name, shape, type: reader.u32(), offset: reader.u64() });
  }
  const alignment = keys.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 8 || alignment > 1 << 20 || (alignment & (alignment - 1)) !== 0)
    throw fail(`its tensors are aligned to ${String(alignment).slice(0, 40)} bytes, not to a power of two from 8`);
  const parts = keys.get('split.count');
  if (typeof parts === 'number' && parts > 1)
    throw fail(
      `it is one of ${parts} parts of a model`,
      'Nothing was stored. Join them with llama-gguf-split --merge, then import the result.',
    );
  return { keys, infos, end: Math.ceil(reader.offset / alignment) * alignment };
}
/** `GGUF` */
const MAGIC = 0x4655_4747;
const DAMAGED = 'Nothing was stored. The file is damaged or not a GGUF file: copy or download it again.';

/** Checks that each tensor lies within the file, has the length of its type and shape, and overlaps no other. */
function placed(
  infos: ReadonlyMap<string, TensorInfo>,
  start: number,
  size: number,
  file: string,
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, type, offset } of infos.values()) {
    const decoder = GGUF_DECODERS.get(type);
    if (!decoder) throw badFile(`${file}: tensor ${name} is ${ggufTypeName(type)}, which is not supported`, readable());
    const { block, bytes } = decoder;
    const row = shape.at(-1) ?? 1;
    if (row % block !== 0)
      throw badFile(
        `${file}: rows of tensor ${name} have ${row} values, not a multiple of ${block} as ${decoder.name} needs`,
        DAMAGED,
      );
    const values = shape.reduce((product, dimension) => product * BigInt(dimension), 1n);
    const length = (values / BigInt(block)) * BigInt(bytes);
    if (BigInt(start) + BigInt(offset) + length > BigInt(size)) {
      throw badFile(
        `${file}: tensor ${name} ends at byte ${BigInt(start) + BigInt(offset) + length}, but the file has ${size}`,
        DAMAGED,
      );
    }
    tensors.set(name, { shape, decoder, begin: start + offset, bytes: Number(length) });
  }
  let expected = start;
  for (const [name, { begin, bytes }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.bytes - b.bytes)) {
    if (begin < expected) throw badFile(`${file}: tensor ${name} starts at byte ${begin}, inside another`, DAMAGED);
    expected = begin + bytes;
  }
  return tensors;
}

const failing =
  (file: string) =>
  (reason: string, remedy = DAMAGED): Error =>
    badFile(`${file}: ${reason}`, remedy);
