import { badFile, HomegrownError } from '../base/errors';
import { type Job, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import type { OpenFile } from './formats/format';
import type { TextSource } from './readFile';

/** Bytes of a file read so far. */
export interface ByteCount {
  bytes: number;
}

/** Reports progress over all files of a drop, yields to the event loop, and honors the stop signal. */
export class ReadProgress {
  /** Bytes of all files, as stated before reading; 0 if one is unknown. */
  readonly totalBytes: number;
  private bytesRead = 0;
  private bytesSinceYield = 0;
  private fileNumber = 0;

  constructor(
    private readonly sources: readonly TextSource[],
    private readonly job: Job,
  ) {
    this.totalBytes = sources.every(({ size }) => size > 0) ? sources.reduce((sum, { size }) => sum + size, 0) : 0;
  }

  /** Moves on to the next source, which counts as one even if it isn't read. */
  next(): void {
    this.fileNumber++;
  }

  /** Yields a source's bytes; counts them, and yields to the event loop. */
  async *stream(source: TextSource, count: ByteCount): AsyncGenerator<Uint8Array> {
    const { name } = source;
    try {
      for await (const chunk of source.stream()) {
        count.bytes += chunk.length;
        this.bytesRead += chunk.length;
        this.bytesSinceYield += chunk.length;
        yield chunk;
        if (this.bytesSinceYield >= BYTES_PER_YIELD) await this.yieldTurn(name);
      }
    } catch (error) {
      throw this.toFileError(name, count.bytes, error);
    }
    this.bytesSinceYield += MIN_FILE_COST;
    if (this.fileNumber === this.sources.length) this.report(name);
    else if (this.bytesSinceYield >= BYTES_PER_YIELD) await this.yieldTurn(name);
    this.job.signal.throwIfAborted();
  }

  /** Opens an archive as a stream, and for random access if available. */
  archive(source: TextSource, count: ByteCount): OpenFile {
    return {
      name: source.name,
      bytes: this.stream(source, count),
      note: () => undefined,
      ...this.places(source, count),
    };
  }

  /** Wraps a source's random access, if available; counts bytes, and yields to the event loop. */
  places({ name, places }: TextSource, count: ByteCount): Pick<OpenFile, 'places'> {
    if (!places) return {};
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      count.bytes = Math.max(count.bytes, offset + length);
      this.bytesRead += length;
      this.bytesSinceYield += length;
      if (this.bytesSinceYield >= BYTES_PER_YIELD) await this.yieldTurn(name);
      return places.read(offset, length).catch((error: unknown) => {
        throw this.toFileError(name, offset, error);
      });
    };
    return { places: { size: places.size, read } };
  }

  /** Yields the bytes of a file in an archive. Counts them for the file; progress follows the archive's own bytes. */
  async *packedFile(name: string, bytes: AsyncIterable<Uint8Array>, count: ByteCount): AsyncGenerator<Uint8Array> {
    this.bytesSinceYield += MIN_FILE_COST;
    if (this.bytesSinceYield >= BYTES_PER_YIELD) await this.yieldTurn(name);
    this.job.signal.throwIfAborted();
    for await (const chunk of bytes) {
      count.bytes += chunk.length;
      this.bytesSinceYield += chunk.length;
      yield chunk;
      if (this.bytesSinceYield >= BYTES_PER_YIELD) await this.yieldTurn(name);
    }
  }

  /** Wraps an error from within a file, except for stops and typed errors. */
  private toFileError(name: string, offset: number, error: unknown): Error {
    this.job.signal.throwIfAborted();
    if (error instanceof HomegrownError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return badFile(
      `${name} can't be read beyond byte ${formatCount(offset)}: ${reason}`,
      'None of it was added. The file may have changed or moved; choose it again.',
    );
  }

  private async yieldTurn(name: string): Promise<void> {
    this.bytesSinceYield = 0;
    this.report(name);
    await yieldToEventLoop();
    this.job.signal.throwIfAborted();
  }

  private report(name: string): void {
    const [fileNumber, fileCount] = [this.fileNumber, this.sources.length];
    const label =
      fileCount === 1
        ? `Reading ${name}`
        : `Reading file ${formatCount(fileNumber)} of ${formatCount(fileCount)}, ${name}`;
    const done = this.totalBytes > 0 ? Math.min(this.bytesRead, this.totalBytes) : this.bytesRead;
    this.job.report({ label, done, ...(this.totalBytes > 0 && { of: this.totalBytes }), unit: 'bytes' });
  }
}
const BYTES_PER_YIELD = 2 ** 20;
/** Cost of any file, however small, as a number of bytes. */
const MIN_FILE_COST = 2 ** 15;
