/** Bytes per id in a file. */
export const idBytes = (vocabulary: number): 2 | 4 => (vocabulary <= 2 ** 16 ? 2 : 4);

/** Packs ids as little-endian unsigned integers of 2 or 4 bytes, on any machine. */
export function packIds(ids: ArrayLike<number>, width: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(ids.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < ids.length; i++) {
    if (width === 2) view.setUint16(2 * i, ids[i]!, true);
    else view.setUint32(4 * i, ids[i]!, true);
  }
  return bytes;
}

export function unpackIds(bytes: Uint8Array, width: 2 | 4): Uint16Array | Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const n = bytes.length / width;
  const ids = width === 2 ? new Uint16Array(n) : new Uint32Array(n);
  for (let i = 0; i < n; i++) ids[i] = width === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
  return ids;
}
