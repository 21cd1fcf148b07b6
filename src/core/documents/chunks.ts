import { concatBytes } from '../base/concat';
import type { Draft } from '../base/draft';
import { characterEnd } from '../base/utf8';
import { textChunkKey } from './record';

/** A code unit is at most 3 bytes of UTF-8. */
export const LONGEST_CHUNK = Math.floor(2 ** 20 / 3);

/**
 * Writes a text into its chunks: at most `LONGEST_CHUNK` code units (1 MiB of UTF-8), split after a line end where there
 * is one, else between two characters. Joined, they are the text. What came since a mark can be taken back, so memory
 * stays bounded while it is not known yet whether a document will be one.
 */
export class ChunkWriter {
  /** UTF-8 bytes of each chunk. */
  readonly lengths: number[] = [];
  /** Of the chunk that is begun. Those that a mark knows stay: others come behind them, or into a new list. */
  private pieces: Piece[] = [];
  /** Code units of them, at most `LONGEST_CHUNK`. */
  private units = 0;
  private batch: [string, Uint8Array][] = [];
  private batchBytes = 0;
  /** Chunks that lie in the store, also those that were taken back since. */
  private stored = 0;

  constructor(
    private readonly id: string,
    private readonly draft: Draft,
  ) {}

  /**
   * @param text of whole characters
   * @param bytes its UTF-8, which is held until a chunk is full
   * @returns its UTF-8, which is made once for all who ask
   */
  async write(text: string, bytes: Uint8Array = encoder.encode(text)): Promise<Uint8Array> {
    let rest: Piece = { text, bytes };
    while (this.units + rest.text.length > LONGEST_CHUNK) rest = await this.cut(rest);
    this.pieces.push(rest);
    this.units += rest.text.length;
    return bytes;
  }

  mark(): Mark {
    const { lengths, pieces, units } = this;
    return { chunks: lengths.length, pieces, count: pieces.length, units };
  }

  back({ chunks, pieces, count, units }: Mark): void {
    const first = this.lengths.length - this.batch.length;
    this.batch.length = Math.max(0, chunks - first);
    this.batchBytes = this.batch.reduce((sum, [, { length }]) => sum + length, 0);
    this.lengths.length = chunks;
    pieces.length = count;
    [this.pieces, this.units] = [pieces, units];
  }

  /** The rest. @returns keys that were written and are no part of the text */
  async end(): Promise<readonly string[]> {
    if (this.units > 0) await this.put(this.pieces);
    await this.flush();
    return Array.from({ length: this.stored - this.lengths.length }, (_, i) =>
      textChunkKey(this.id, this.lengths.length + i),
    );
  }

  /**
   * Puts a chunk of what is begun and of the beginning of a piece that is too long for it.
   * @returns the rest of that piece
   */
  private async cut(piece: Piece): Promise<Piece> {
    const room = LONGEST_CHUNK - this.units;
    // From 0 it would look at the first.
    const line = room > 0 ? piece.text.lastIndexOf('\n', room - 1) + 1 : 0;
    const last = line > 0 ? -1 : this.pieces.findLastIndex(({ text }) => text.includes('\n'));
    if (last >= 0) {
      const [lines, after] = parted(this.pieces[last]!, this.pieces[last]!.text.lastIndexOf('\n') + 1);
      const rest = [after, ...this.pieces.slice(last + 1)];
      await this.put([...this.pieces.slice(0, last), lines]);
      [this.pieces, this.units] = [rest, rest.reduce((sum, { text }) => sum + text.length, 0)];
      return piece;
    }
    const [head, rest] = parted(piece, line || characterEnd(piece.text, room));
    await this.put([...this.pieces, head]);
    [this.pieces, this.units] = [[], 0];
    return rest;
  }

  private async put(pieces: readonly Piece[]): Promise<void> {
    const bytes = concatBytes(pieces.map((piece) => piece.bytes));
    this.batch.push([textChunkKey(this.id, this.lengths.length), bytes]);
    this.lengths.push(bytes.length);
    this.batchBytes += bytes.length;
    if (this.batchBytes >= MOST_BYTES_A_COMMIT) await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.batch.length > 0) await this.draft.put(this.batch);
    [this.batch, this.batchBytes] = [[], 0];
    this.stored = Math.max(this.stored, this.lengths.length);
  }
}

/** Of a text, with its UTF-8. */
interface Piece {
  text: string;
  bytes: Uint8Array;
}
interface Mark {
  readonly chunks: number;
  readonly pieces: Piece[];
  readonly count: number;
  readonly units: number;
}

/** @param at code unit of the piece's text, between two characters */
function parted({ text, bytes }: Piece, at: number): [before: Piece, after: Piece] {
  const before = text.slice(0, at);
  const end = bytes.length === text.length ? at : encoder.encode(before).length;
  return [
    { text: before, bytes: bytes.subarray(0, end) },
    { text: text.slice(at), bytes: bytes.subarray(end) },
  ];
}

const encoder = new TextEncoder();
const MOST_BYTES_A_COMMIT = 8 * 2 ** 20;
