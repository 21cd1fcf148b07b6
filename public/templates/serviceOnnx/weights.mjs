import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AGAIN, damaged, notANumber, reason } from './model.mjs';

/**
 * Reads the weights of an ONNX file through before onnxruntime does, which would go on with a bit that has flipped, or with
 * what is no number, and not say a word. https://github.com/onnx/onnx/blob/v1.15.0/onnx/onnx.proto3
 * @param {string} path
 * @param {string} name of it, for errors
 * @throws {Error}
 */
export async function checkWeights(path, name) {
  const hash = createHash('sha256');
  /** @type {string | undefined} */
  let written;
  /** @type {string | undefined} */
  let bad;
  try {
    // ModelProto: graph 7, metadata_props 14. GraphProto: initializer 5. TensorProto: data_type 2, name 8, raw_data 9.
    for (const [field, value] of fieldsOf(readFileSync(path))) {
      if (field === 7 && typeof value !== 'number') {
        for (const [part, tensor] of fieldsOf(value)) {
          if (part !== 5 || typeof tensor === 'number') continue;
          const parts = new Map(fieldsOf(tensor));
          const data = parts.get(9);
          if (data === undefined || typeof data === 'number') continue;
          hash.update(data);
          const at = notFinite(data, parts.get(2));
          if (at !== undefined) bad ??= `${textOf(parts.get(8))}[${at}]`;
        }
      }
      if (field === 14 && typeof value !== 'number') {
        const entry = new Map(fieldsOf(value));
        if (textOf(entry.get(1)) === 'homegrown.tensors.sha256') written = textOf(entry.get(2));
      }
    }
  } catch (error) {
    throw new Error(`Couldn't read ${name}: ${reason(error)}. ${AGAIN}`);
  }
  const why = damaged(name, hash.digest('hex'), written) ?? (bad === undefined ? null : notANumber(name, bad));
  if (why !== null) throw new Error(why);
}
/** By TensorProto's data_type: float, float16. @type {ReadonlyMap<unknown, { bytes: number, exponent: number }>} */
const TYPES = new Map([
  [1, { bytes: 4, exponent: 0x7f80_0000 }],
  [10, { bytes: 2, exponent: 0x7c00 }],
]);

/** The first value that is no finite number: one whose exponent is all ones. @param {Uint8Array} data @param {unknown} as */
function notFinite(data, as) {
  const type = TYPES.get(as);
  if (type === undefined) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + type.bytes <= data.length; at += type.bytes) {
    const bits = type.bytes === 4 ? view.getUint32(at, true) : view.getUint16(at, true);
    if ((bits & type.exponent) === type.exponent) return at / type.bytes;
  }
  return undefined;
}

/** @param {Uint8Array | number | undefined} bytes */
const textOf = (bytes) => (typeof bytes === 'object' ? new TextDecoder().decode(bytes) : '');

/**
 * The fields of a protobuf message, with their numbers: whole numbers, or the bytes of what is longer.
 * @param {Uint8Array} message
 * @returns {Generator<[field: number, value: Uint8Array | number]>}
 */
function* fieldsOf(message) {
  let at = 0;
  const whole = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('it ends in the middle of a number');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = whole();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    if (type === 0) {
      yield [field, whole()];
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? whole() : NaN;
    if (!(at + length <= message.length)) throw new Error(`its field ${field} extends past its end`);
    yield [field, message.subarray(at, (at += length))];
  }
}
