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
  /** Begun, and not yet as long as a chunk. */
  private held = '';
  private batch: [string, Uint8Array][] = [];
  private batchBytes = 0;
  /** Chunks that lie in the store, also those that were taken back since. */
  private stored = 0;

  constructor(
    private readonly id: string,
    private readonly draft: Draft,
  ) {}

  async write(piece: string): Promise<void> {
    this.held += piece;
    let from = 0;
    while (this.held.length - from > LONGEST_CHUNK) {
      const most = from + LONGEST_CHUNK;
      const line = this.held.lastIndexOf('\n', most - 1) + 1;
      const end = line > from ? line : characterEnd(this.held, most);
      await this.put(this.held.slice(from, end));
      from = end;
    }
    this.held = this.held.slice(from);
  }

  mark(): { readonly chunks: number; readonly held: string } {
    return { chunks: this.lengths.length, held: this.held };
  }

  back({ chunks, held }: ReturnType<ChunkWriter['mark']>): void {
    const first = this.lengths.length - this.batch.length;
    this.batch.length = Math.max(0, chunks - first);
    this.batchBytes = this.batch.reduce((sum, [, { length }]) => sum + length, 0);
    this.lengths.length = chunks;
    this.held = held;
  }

  /** The rest. @returns keys that were written and are no part of the text */
  async end(): Promise<readonly string[]> {
    if (this.held !== '') await this.put(this.held);
    await this.flush();
    return Array.from({ length: this.stored - this.lengths.length }, (_, i) =>
      textChunkKey(this.id, this.lengths.length + i),
    );
  }

  private async put(chunk: string): Promise<void> {
    const bytes = encoder.encode(chunk);
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

const encoder = new TextEncoder();
const MOST_BYTES_A_COMMIT = 8 * 2 ** 20;
