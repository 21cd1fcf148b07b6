import { concatBytes } from '../base/concat';
import { isBadFile } from '../base/errors';
import { headText, MARKUP_HEAD } from './markup';

/**
 * Reads the head of a file before the rest.
 * @param min minimum number of bytes, if the file has as many
 * @returns the head, and the whole file from the start, to be closed if unused
 */
export async function withHead(
  bytes: AsyncIterable<Uint8Array>,
  min: number,
): Promise<{ head: Uint8Array; allBytes: AsyncIterableIterator<Uint8Array> }> {
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
  const allBytes: AsyncIterableIterator<Uint8Array> = {
    next: async () => (pieces.length > 0 ? { value: pieces.shift()! } : iterator.next()),
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]: () => allBytes,
  };
  return { head, allBytes };
}

/**
 * Returns the decoded start of a file, and closes it. Returns an empty string if it can't be read, which is reported
 * when the file is imported.
 */
export async function beginningOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    const { head, allBytes } = await withHead(bytes, MARKUP_HEAD);
    await allBytes.return?.();
    return headText(head);
  } catch (error) {
    if (!isBadFile(error)) throw error;
    return '';
  }
}
