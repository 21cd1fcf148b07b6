/** Limits on what a reader may produce, counted in work rather than time: a file is accepted or refused alike on every machine. */
import { badFile } from '../../base/errors';
import { formatBytes, formatCount } from '../../base/units';

/** Characters that any file may produce, however small it is. */
const FREE_CHARACTERS = 4 * 2 ** 20;
/** Characters per byte read, beyond those. Deflate packs at most 1,032 bytes in one; a text that people wrote, about 10. */
const MAX_CHARACTERS_PER_BYTE = 200;
/** Characters that a document, a row or a cell counts as in addition to its text: many empty ones are work too. */
const ITEM_CHARACTERS = 64;
const CELL_CHARACTERS = 4;

/** What one file has cost so far. */
export class Budget {
  private bytes = 0;
  private characters = 0;

  constructor(private readonly name: string) {}

  /** Counts bytes that the reader pulled. */
  read(bytes: number): void {
    this.bytes += bytes;
  }

  /**
   * Counts a document, or a row of `cells`.
   * @throws HomegrownError `bad-file` where it is more than a file of these bytes may produce
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
