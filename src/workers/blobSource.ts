import type { ByteSource } from '../core/files/byteSource';

/** A file as bytes that can be read from any place. */
export const blobSource = (file: Blob): ByteSource => ({
  size: file.size,
  read: async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
});
