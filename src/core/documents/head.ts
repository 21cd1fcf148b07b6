import { concatBytes } from '../base/concat';
import { isBadFile } from '../base/errors';
import { headText, MARKUP_HEAD } from './markup';

/**
 * How a file begins, before it is read.
 * @param least bytes, where it has as many
 * @returns its bytes from the start, too, which are closed when they are not wanted further
 */
export async function withHead(
  bytes: AsyncIterable<Uint8Array>,
  min: number,
): Promise<{ head: Uint8Array; whole: AsyncIterableIterator<Uint8Array> }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const iterator = bytes[Symbol.asyncIterator]();
  while (length < min) {
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

/**
 * The beginning of a file that is not read further, as characters. Empty if it can't be read, which is reported at its
 * turn.
 */
export async function beginningOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    const { head, whole } = await withHead(bytes, MARKUP_HEAD);
    await whole.return?.();
    return headText(head);
  } catch (error) {
    if (!isBadFile(error)) throw error;
    return '';
  }
}
