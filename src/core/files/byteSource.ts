/** Bytes that can be read from any place: a File, a stored value, an entry of a zip. Nothing is read until asked for. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, 0 <= offset, offset + length <= size. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file that is produced piece by piece, any number of times; `size` is known before. */
export interface ByteStream {
  readonly name: string;
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A text as a file. */
export function textFile(name: string, text: string): ByteStream {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, chunks: () => [bytes] };
}

export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

/** All of them from the start. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += PIECE) yield await source.read(at, Math.min(PIECE, source.size - at));
}
const PIECE = 2 ** 20;

/** A stream of one piece. */
export async function* once<T>(piece: T): AsyncGenerator<T> {
  yield await Promise.resolve(piece);
}

/** Bytes that cannot be had. */
export const failing = (error: Error): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});

/** @param fail makes an error of a reason @throws what that makes, where fewer can be read */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  fail: (reason: string) => Error,
): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) throw fail(`only ${bytes.length} of ${length} bytes could be read at byte ${offset}`);
  return bytes;
}

export async function readBytes(stream: Pick<ByteStream, 'size' | 'chunks'>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(stream.size);
  let at = 0;
  for await (const chunk of stream.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
