import { characterEnd } from '../base/utf8';

/**
 * A text in records: at most `LONGEST_RECORD` code units (1 MiB of UTF-8), cut after a line end where there is one,
 * else between two characters. Joined, they are the text.
 */
export async function* inRecords(text: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of text) {
    held += piece;
    let from = 0;
    while (held.length - from > LONGEST_RECORD) {
      const end = from + LONGEST_RECORD;
      const line = held.lastIndexOf('\n', end - 1) + 1;
      const cut = line > from ? line : characterEnd(held, end);
      yield held.slice(from, cut);
      from = cut;
    }
    held = held.slice(from);
  }
  if (held !== '') yield held;
}

/** A code unit is at most 3 bytes of UTF-8. */
export const LONGEST_RECORD = Math.floor(2 ** 20 / 3);
