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
  readonly of: number;
  private done = 0;
  private sinceTurn = 0;
  private place = 0;

  constructor(
    private readonly sources: readonly TextSource[],
    private readonly job: Job,
  ) {
    this.of = sources.every(({ size }) => size > 0) ? sources.reduce((sum, { size }) => sum + size, 0) : 0;
  }

  /** Moves on to the next source, which counts as one even if it isn't read. */
  next(): void {
    this.place++;
  }

  /** Yields a source's bytes; counts them, and yields to the event loop. */
  async *stream(source: TextSource, count: ByteCount): AsyncGenerator<Uint8Array> {
    const { name } = source;
    try {
      for await (const chunk of source.stream()) {
        count.bytes += chunk.length;
        this.done += chunk.length;
        this.sinceTurn += chunk.length;
        yield chunk;
        if (this.sinceTurn >= BYTES_A_TURN) await this.turn(name);
      }
    } catch (error) {
      throw this.failed(name, count.bytes, error);
    }
    this.sinceTurn += BYTES_A_FILE;
    if (this.place === this.sources.length) this.tell(name);
    else if (this.sinceTurn >= BYTES_A_TURN) await this.turn(name);
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
      this.done += length;
      this.sinceTurn += length;
      if (this.sinceTurn >= BYTES_A_TURN) await this.turn(name);
      return places.read(offset, length).catch((error: unknown) => {
        throw this.failed(name, offset, error);
      });
    };
    return { places: { size: places.size, read } };
  }

  /** Yields the bytes of a file in an archive. Counts them for the file; progress follows the archive's own bytes. */
  async *packed(name: string, bytes: AsyncIterable<Uint8Array>, count: ByteCount): AsyncGenerator<Uint8Array> {
    this.sinceTurn += BYTES_A_FILE;
    if (this.sinceTurn >= BYTES_A_TURN) await this.turn(name);
    this.job.signal.throwIfAborted();
    for await (const chunk of bytes) {
      count.bytes += chunk.length;
      this.sinceTurn += chunk.length;
      yield chunk;
      if (this.sinceTurn >= BYTES_A_TURN) await this.turn(name);
    }
  }

  /** Wraps an error from within a file, except for stops and typed errors. */
  private failed(name: string, at: number, error: unknown): Error {
    this.job.signal.throwIfAborted();
    if (error instanceof HomegrownError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return badFile(
      `${name} can't be read beyond byte ${formatCount(at)}: ${reason}`,
      'None of it was added. The file may have changed or moved; choose it again.',
    );
  }

  private async turn(name: string): Promise<void> {
    this.sinceTurn = 0;
    this.tell(name);
    await yieldToEventLoop();
    this.job.signal.throwIfAborted();
  }

  private tell(name: string): void {
    const [place, all] = [this.place, this.sources.length];
    const label = all === 1 ? `Reading ${name}` : `Reading file ${formatCount(place)} of ${formatCount(all)}, ${name}`;
    const done = this.of > 0 ? Math.min(this.done, this.of) : this.done;
    this.job.report({ label, done, ...(this.of > 0 && { of: this.of }), unit: 'bytes' });
  }
}
const BYTES_A_TURN = 2 ** 20;
/** Cost of any file, however small, as a number of bytes. */
const BYTES_A_FILE = 2 ** 15;
