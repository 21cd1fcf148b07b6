/** Reads whole files into memory. */
import { concatBytes } from '../base/concat';
import { badFile, HomegrownError } from '../base/errors';
import { formatBytes } from '../base/units';
import { once } from '../files/byteSource';
import { decodeParsed } from './decode';
import type { OpenFile } from './formats/format';

/** @throws HomegrownError `bad-file` beyond `max` bytes */
export async function readAllBytes(file: OpenFile, max: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of limitBytes(file, max)) pieces.push(piece);
  return concatBytes(pieces);
}

/** Decodes a whole file. @throws HomegrownError `bad-file` beyond `max` bytes, and for binary content */
export async function readAllText(file: OpenFile, max: number): Promise<string> {
  let text = '';
  for await (const piece of readAllTextPieces(file, max)) text += piece;
  return text;
}

/** Like `readAllText`, in pieces. */
export async function* readAllTextPieces(file: OpenFile, max: number): AsyncGenerator<string> {
  yield* decodeParsed({ ...file, bytes: limitBytes(file, max) });
}

async function* limitBytes({ name, bytes }: OpenFile, max: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > max)
      throw badFile(
        `${name} is larger than ${formatBytes(max)}, the maximum for this format.`,
        'Split it into several files.',
      );
    yield piece;
  }
}

/**
 * Decodes bytes in their declared encoding. Decodes them like any text file if the encoding is Unicode, if the user
 * chose another one, or if there is a byte order mark.
 * @param label declared encoding, if any
 * @throws HomegrownError `bad-file`, `bad-encoding`
 */
export async function textOf(file: OpenFile, bytes: Uint8Array, label?: string): Promise<string> {
  if (label !== undefined && !file.encoding && !/^utf-?(8|16)/i.test(label) && !hasByteOrderMark(bytes))
    return decodeAs(file, bytes, label);
  let text = '';
  for await (const piece of decodeParsed({ ...file, bytes: once(bytes) })) text += piece;
  return text;
}

const hasByteOrderMark = ([a, b]: Uint8Array): boolean =>
  (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a === 0xef && b === 0xbb);

function decodeAs({ name, note }: OpenFile, bytes: Uint8Array, label: string): string {
  let decoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    throw badEncoding(`${name} declares the unknown encoding ${JSON.stringify(label)}.`);
  }
  try {
    const text = decoder.decode(bytes);
    note(`Converted from ${label} to UTF-8`);
    return text;
  } catch {
    throw badEncoding(`${name} declares the encoding ${label}, but uses another one.`);
  }
}
const badEncoding = (message: string): HomegrownError =>
  new HomegrownError('bad-encoding', message, 'Choose its encoding, or save it as UTF-8 and add it again.');
