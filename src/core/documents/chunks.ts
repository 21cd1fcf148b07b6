import { behind } from '../base/ahead';
import { characterStart } from '../base/characterStart';
import { concatBytes } from '../base/concat';
import type { Draft } from '../base/draft';
import { utf8Of } from '../base/utf8';
import { textChunkKey } from './record';

/** Bytes of a chunk, which is decoded and processed in one turn. */
export const MAX_CHUNK_BYTES = Math.floor(2 ** 20 / 3);

/**
 * Writes a text as chunks of at most `MAX_CHUNK_BYTES` bytes of UTF-8, split after a line end if there is one, else
 * between two characters. Concatenated, they are the text. Text since a mark can be rolled back, so a document that may
 * still be refused needn't stay in memory.
 */
export class ChunkWriter {
  /** UTF-8 bytes of each chunk. */
  readonly lengths: number[] = [];
  /** Pieces of the open chunk. A mark's pieces stay: later ones are appended, or go into a new list. */
  private pieces: Uint8Array[] = [];
  /** Total bytes of `pieces`, at most `MAX_CHUNK_BYTES`. */
  private bytes = 0;
  private batch: [string, Uint8Array][] = [];
  private batchBytes = 0;
  /** Number of chunks in the store, including rolled-back ones. */
  private storedChunkCount = 0;

  private readonly batches;

  constructor(
    private readonly id: string,
    draft: Draft,
  ) {
    this.batches = behind((batch: [string, Uint8Array][]) => draft.put(batch));
  }

  /**
   * @param text whole characters, or their UTF-8, which isn't copied until a chunk is full
   * @returns their UTF-8, so that callers needn't encode again
   */
  async write(text: string | Uint8Array): Promise<Uint8Array> {
    const utf8 = typeof text === 'string' ? utf8Of(text) : text;
    let remaining = utf8;
    while (this.bytes + remaining.length > MAX_CHUNK_BYTES) remaining = await this.closeChunk(remaining);
    this.pieces.push(remaining);
    this.bytes += remaining.length;
    return utf8;
  }

  mark(): Mark {
    const { lengths, pieces, bytes } = this;
    return { chunkCount: lengths.length, pieces, pieceCount: pieces.length, bytes };
  }

  rollBack({ chunkCount, pieces, pieceCount, bytes }: Mark): void {
    const firstBatched = this.lengths.length - this.batch.length;
    this.batch.length = Math.max(0, chunkCount - firstBatched);
    this.batchBytes = this.batch.reduce((sum, [, { length }]) => sum + length, 0);
    this.lengths.length = chunkCount;
    pieces.length = pieceCount;
    [this.pieces, this.bytes] = [pieces, bytes];
  }

  /** Writes the remaining bytes. @returns written keys that aren't part of the text */
  async end(): Promise<readonly string[]> {
    if (this.bytes > 0) await this.putChunk(this.pieces);
    await this.flush();
    await this.batches.end();
    return Array.from({ length: this.storedChunkCount - this.lengths.length }, (_, i) =>
      textChunkKey(this.id, this.lengths.length + i),
    );
  }

  /**
   * Closes the open chunk, filled from a piece that doesn't fit into it.
   * @returns the remainder of that piece
   */
  private async closeChunk(piece: Uint8Array): Promise<Uint8Array> {
    const freeBytes = MAX_CHUNK_BYTES - this.bytes;
    // `lastIndexOf` from -1 would count from the end.
    const lineEnd = freeBytes > 0 ? piece.lastIndexOf(LINE_END, freeBytes - 1) + 1 : 0;
    const lastWithLineEnd = lineEnd > 0 ? -1 : this.pieces.findLastIndex((buffered) => buffered.includes(LINE_END));
    if (lastWithLineEnd >= 0) {
      const splitOffset = this.pieces[lastWithLineEnd]!.lastIndexOf(LINE_END) + 1;
      const remaining = [
        this.pieces[lastWithLineEnd]!.subarray(splitOffset),
        ...this.pieces.slice(lastWithLineEnd + 1),
      ];
      await this.putChunk([
        ...this.pieces.slice(0, lastWithLineEnd),
        this.pieces[lastWithLineEnd]!.subarray(0, splitOffset),
      ]);
      [this.pieces, this.bytes] = [remaining, remaining.reduce((sum, { length }) => sum + length, 0)];
      return piece;
    }
    const end = lineEnd || characterStart(piece, freeBytes);
    await this.putChunk([...this.pieces, piece.subarray(0, end)]);
    [this.pieces, this.bytes] = [[], 0];
    return piece.subarray(end);
  }

  private async putChunk(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = concatBytes(pieces);
    this.batch.push([textChunkKey(this.id, this.lengths.length), bytes]);
    this.lengths.push(bytes.length);
    this.batchBytes += bytes.length;
    if (this.batchBytes >= MAX_COMMIT_BYTES) await this.flush();
  }

  private async flush(): Promise<void> {
    const { batch } = this;
    [this.batch, this.batchBytes] = [[], 0];
    this.storedChunkCount = Math.max(this.storedChunkCount, this.lengths.length);
    if (batch.length > 0) await this.batches.one(batch);
  }
}

const LINE_END = 0x0a;
/** Bytes of a batch; one batch is written while the next is filled. */
const MAX_COMMIT_BYTES = 4 * 2 ** 20;

interface Mark {
  readonly chunkCount: number;
  readonly pieces: Uint8Array[];
  readonly pieceCount: number;
  readonly bytes: number;
}
