/** Bytes with random access: a File, a stored value, an entry of a zip. Nothing is read before `read`. */
export interface ByteSource {
  readonly size: number;
  /** Reads exactly `length` bytes from `offset`, where 0 <= offset and offset + length <= size. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file of known size, produced in pieces, any number of times. */
export interface ByteStream {
  readonly name: string;
  readonly size: number;
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Returns a text as a UTF-8 file. */
export function textFile(name: string, text: string): ByteStream {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, chunks: () => [bytes] };
}

export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

/** Yields all bytes from the start, in pieces of up to 1 MiB. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += PIECE) yield await source.read(at, Math.min(PIECE, source.size - at));
}
const PIECE = 2 ** 20;

/** Yields one piece. */
export async function* once<T>(piece: T): AsyncGenerator<T> {
  yield await Promise.resolve(piece);
}

/** Returns a stream that throws `error` when read. */
export const failing = (error: Error): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});

/**
 * Reads exactly `length` bytes.
 * @throws the error that `fail` makes where fewer can be read
 */
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
