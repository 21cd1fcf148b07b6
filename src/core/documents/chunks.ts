import { characterEnd } from '../base/utf8';

/**
 * A text in chunks: at most `LONGEST_CHUNK` code units (1 MiB of UTF-8), split after a line end where there is one,
 * else between two characters. Joined, they are the text.
 */
export async function* inChunks(text: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of text) {
    held += piece;
    let from = 0;
    while (held.length - from > LONGEST_CHUNK) {
      const most = from + LONGEST_CHUNK;
      const line = held.lastIndexOf('\n', most - 1) + 1;
      const end = line > from ? line : characterEnd(held, most);
      yield held.slice(from, end);
      from = end;
    }
    held = held.slice(from);
  }
  if (held !== '') yield held;
}

/** A code unit is at most 3 bytes of UTF-8. */
export const LONGEST_CHUNK = Math.floor(2 ** 20 / 3);
