/** Files that are in memory as a whole while they are read. */
import { concatBytes } from '../base/concat';
import { badFile } from '../base/errors';
import { formatBytes } from '../base/units';
import { decodeParsed } from './decode';
import type { OpenFile } from './read/format';

/** @throws HomegrownError `bad-file` beyond `most` bytes */
export async function wholeBytes({ name, bytes }: OpenFile, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most)
      throw badFile(
        `${name} has more than ${formatBytes(most)}, and is read only as a whole.`,
        'Split it into several files.',
      );
    pieces.push(piece);
  }
  return concatBytes(pieces);
}

/** Its characters. @throws HomegrownError `bad-file` beyond `most` bytes, and for what is not text */
export async function wholeText(file: OpenFile, most: number): Promise<string> {
  const bytes = await wholeBytes(file, most);
  return textOf(file, bytes);
}

/** Of bytes that were read already. */
export async function textOf(file: OpenFile, bytes: Uint8Array): Promise<string> {
  let text = '';
  for await (const piece of decodeParsed({ ...file, bytes: once(bytes) })) text += piece;
  return text;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
