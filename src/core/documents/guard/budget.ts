/** Limits on a reader's output, counted in work rather than time: every machine accepts or rejects the same files. */
import { badFile } from '../../base/errors';
import { formatBytes, formatCount } from '../../base/units';

/** Characters that any file may produce, whatever its size. */
const FREE_CHARACTERS = 4 * 2 ** 20;
/** Additional characters per byte read. Deflate expands a byte to 1,032 bytes at most; typical text to about 10. */
const MAX_CHARACTERS_PER_BYTE = 200;
/** Extra characters counted for a document, row or cell, because many empty ones are work too. */
const ITEM_CHARACTERS = 64;
const CELL_CHARACTERS = 4;

/** Work done for one file so far. */
export class Budget {
  private bytes = 0;
  private characters = 0;

  constructor(private readonly name: string) {}

  /** Counts bytes that the reader consumed. */
  read(bytes: number): void {
    this.bytes += bytes;
  }

  /**
   * Counts a document, or a row of `cells`.
   * @throws HomegrownError `bad-file` if the output exceeds the limit for the bytes read
   */
  produce(characters: number, cells = 0): void {
    this.characters += characters + ITEM_CHARACTERS + cells * CELL_CHARACTERS;
    if (this.characters <= Math.max(FREE_CHARACTERS, this.bytes * MAX_CHARACTERS_PER_BYTE)) return;
    throw badFile(
      `Couldn't read ${this.name}: its ${formatBytes(this.bytes)} expand to more than ${formatCount(MAX_CHARACTERS_PER_BYTE)} characters per byte.`,
      'Other files are not affected. If the content is real, export it as plain text and add that file.',
    );
  }
}
