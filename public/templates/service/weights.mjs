import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { GgmlType, readGgufFileInfo } from 'node-llama-cpp';
import { AGAIN, damaged, notANumber, reason } from './model.mjs';

/**
 * Reads the weights through before llama.cpp does, which would go on with a bit that has flipped, or with what is no number,
 * and not say a word. A file that carries no hash is looked through for numbers alone.
 * @param {string} path of a GGUF file
 * @param {string} name of it, for errors
 * @throws {Error}
 */
export async function checkWeights(path, name) {
  const {
    metadata,
    infoEndOffset: start = 0,
    tensorInfo = [],
  } = await readGgufFileInfo(path, { logWarnings: false }).catch((error) => {
    throw new Error(`Couldn't read ${name}: ${reason(error)}. ${AGAIN}`);
  });
  const { homegrown } = /** @type {{ homegrown?: { tensors?: { sha256?: string } } }} */ (metadata);
  const written = homegrown?.tensors?.sha256;
  const hash = createHash('sha256');
  /** @type {string | undefined} */
  let bad;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const least = Math.max(start, ...tensorInfo.map((tensor) => Number(tensor.fileOffset) + bytesOf(tensor)));
    if (size < least)
      throw new Error(`${name} is damaged: it has ${size} bytes instead of at least ${least}. ${AGAIN}`);
    const buffer = new Uint8Array(PIECE);
    for (let at = start; at < size; at += PIECE) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, at);
      hash.update(buffer.subarray(0, bytesRead));
      for (const tensor of tensorInfo) bad ??= notFinite(tensor, buffer, at, bytesRead);
    }
  } finally {
    await file.close();
  }
  const found = hash.digest('hex');
  const why = damaged(name, found, written) ?? (bad === undefined ? null : notANumber(name, bad));
  if (why !== null) throw new Error(why);
}

/**
 * The first value of a tensor in a piece of the file that is no finite number, as `name[index]`: one whose exponent is all
 * ones. Of other types than F32 and F16 nothing is said.
 * @param {import('node-llama-cpp').GgufTensorInfo} tensor
 * @param {Uint8Array<ArrayBuffer>} piece @param {number} at where it begins in the file @param {number} length bytes of it
 * @returns {string | undefined}
 */
function notFinite(tensor, piece, at, length) {
  const type = TYPES[tensor.ggmlType];
  if (!type) return undefined;
  const first = Number(tensor.fileOffset);
  // Tensors begin at multiples of 32, and so do pieces from the first tensor on: no value lies in two of them.
  const [from, to] = [Math.max(first, at), Math.min(first + bytesOf(tensor), at + length)];
  if (from >= to) return undefined;
  const values = new type.Bits(piece.buffer, from - at, Math.floor((to - from) / type.bytes));
  const bad = values.findIndex((/** @type {number} */ bits) => (bits & type.exponent) === type.exponent);
  return bad === -1 ? undefined : `${tensor.name}[${(from - first) / type.bytes + bad}]`;
}
/** At least. @param {import('node-llama-cpp').GgufTensorInfo} tensor */
const bytesOf = ({ ggmlType, dimensions }) =>
  dimensions.reduce((/** @type {number} */ product, size) => product * Number(size), TYPES[ggmlType]?.bytes ?? 0);
/** @type {Partial<Record<GgmlType, { Bits: Uint32ArrayConstructor | Uint16ArrayConstructor, bytes: number, exponent: number }>>} */
const TYPES = {
  [GgmlType.F32]: { Bits: Uint32Array, bytes: 4, exponent: 0x7f80_0000 },
  [GgmlType.F16]: { Bits: Uint16Array, bytes: 2, exponent: 0x7c00 },
};
/** Bytes that are read at a time. */
const PIECE = 1 << 20;
