/** Bytes that are partly in memory and partly made on read, for messages too large for memory. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

export type LazyBytes = Uint8Array | { readonly size: number; chunks(): Iterable<Uint8Array> };

const lengthOf = (part: LazyBytes): number => (part instanceof Uint8Array ? part.length : part.size);
export const totalLength = (parts: readonly LazyBytes[]): number =>
  parts.reduce((sum, part) => sum + lengthOf(part), 0);

/** Encodes the parts as one length-delimited field: a message, text or bytes; at most 2^32 - 1 bytes. */
export function field(number: number, parts: readonly LazyBytes[]): LazyBytes[] {
  const size = totalLength(parts);
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(size).finish();
  return [head, ...parts];
}

export function* chunksOf(parts: readonly LazyBytes[]): Iterable<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.chunks();
  }
}
