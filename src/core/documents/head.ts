import { concatBytes } from '../base/concat';

/**
 * How a file begins, before it is read.
 * @param least bytes, where it has as many
 * @returns its bytes from the start, too, which are closed when they are not wanted further
 */
export async function withHead(
  bytes: AsyncIterable<Uint8Array>,
  least: number,
): Promise<{ head: Uint8Array; whole: AsyncIterableIterator<Uint8Array> }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const iterator = bytes[Symbol.asyncIterator]();
  while (length < least) {
    const next = await iterator.next();
    if (next.done) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const head = concatBytes(pieces);
  const whole: AsyncIterableIterator<Uint8Array> = {
    next: async () => (pieces.length > 0 ? { value: pieces.shift()! } : iterator.next()),
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]: () => whole,
  };
  return { head, whole };
}

/** How it begins, of one that is not read further. */
export async function headOf(bytes: AsyncIterable<Uint8Array>, least: number): Promise<Uint8Array> {
  const { head, whole } = await withHead(bytes, least);
  await whole.return?.();
  return head;
}
