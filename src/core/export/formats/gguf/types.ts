import { badSettings } from '../../../base/errors';
import { toHalf } from '../../../base/half';

/** Encoding of numbers in a GGUF file. Only whole rows are encoded. */
interface GgufType {
  /** ggml's number of the type. */
  code: number;
  /** `general.file_type` of a file whose matrices have it. */
  fileType: number;
  /** Values per block; row lengths must be multiples of it. */
  block: number;
  blockBytes: number;
  /** Encodes rows; `tensor` is the name for errors. @throws HomegrownError `bad-settings` where a value is too large */
  encode(values: Float32Array, tensor: string): Uint8Array;
}

export const GGUF_TYPES = {
  F32: { code: 0, fileType: 0, block: 1, blockBytes: 4, encode: bytesOf },
  F16: { code: 1, fileType: 1, block: 1, blockBytes: 2, encode: (values, tensor) => bytesOf(halves(values, tensor)) },
  Q8_0: { code: 8, fileType: 7, block: 32, blockBytes: 34, encode: quantised },
} as const satisfies Record<string, GgufType>;
export type GgufTypeName = keyof typeof GGUF_TYPES;

/** Encodes blocks of 32: an f16 d = max |x| / 127, then round(x / d) as i8. ggml-quants.c, quantize_row_q8_0_ref. */
function quantised(values: Float32Array, tensor: string): Uint8Array {
  const { block, blockBytes } = GGUF_TYPES.Q8_0;
  const blocks = values.length / block;
  const scales = new Float32Array(blocks);
  const bytes = new Uint8Array(blocks * blockBytes);
  const numbers = new Int8Array(bytes.buffer);
  for (let b = 0; b < blocks; b++) {
    let largest = 0;
    for (let i = b * block; i < (b + 1) * block; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = (scales[b] = Math.fround(largest / 127));
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    for (let i = 0; i < block; i++) {
      numbers[b * blockBytes + 2 + i] = roundHalfAway(Math.fround(values[b * block + i]! * inverse));
    }
  }
  const bits = halves(scales, tensor);
  const view = new DataView(bytes.buffer);
  for (let b = 0; b < blocks; b++) view.setUint16(b * blockBytes, bits[b]!, true);
  return bytes;
}

/** Rounds halves away from zero, like C's roundf. */
const roundHalfAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

function halves(values: Float32Array, tensor: string): Uint16Array {
  const bits = toHalf(values);
  const at = bits.findIndex((half) => (half & 0x7fff) >= 0x7c00);
  if (at === -1) return bits;
  throw badSettings(
    `${tensor} contains ${values[at]!}, but the maximum of 16 bits is 65,504.`,
    'Nothing was changed. Choose F32.',
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
