/**
 * Runs readers of untrusted files in a worker that can be terminated. A reader that throws, hangs or exhausts memory
 * costs only its own file. The worker can access only what the protocol provides (protocol.ts).
 */
import { badFile, fromFailure, HomegrownError, toFailure } from '../../base/errors';
import { formatBytes, formatDuration } from '../../base/units';
import type { FormatId } from '../formats';
import type { OpenFile } from '../formats/format';
import { type Batch, unpacked } from './batch';
import { BATCHES_AHEAD, type FromWorker, type Port, type ToWorker } from './protocol';
import { AGAIN, failedReader, type FoundKind, type Readers } from './readers';

/** A worker that runs `serveReaders`. */
export interface ReaderWorker extends Port<ToWorker, FromWorker> {
  /** Called once when the worker ends by itself. `memory`: its memory limit in bytes, if that was exceeded. */
  onEnd(listener: (why: { reason: string; memory?: number }) => void): void;
  terminate(): void;
  /** Keeps the process alive only while a file is read. */
  hold?(isReading: boolean): void;
}

export interface Guard {
  readers: Readers;
  /** Terminates the idle worker. */
  end(): void;
}

/** Milliseconds of silence after which a worker that must respond counts as stuck. */
const STUCK_MS = 60_000;
/** Ticks in that time, and the maximum number of ticks with only `alive` messages. */
const TICKS = 6;
const MAX_IDLE_TICKS = 60;
/** Maximum number of concurrent files; others wait. */
const MAX_WORKERS = 4;
/** Milliseconds that a worker has to stop on request before it is replaced. */
const STOP_MS = 1000;

/** @param start called for the first file, and again if no idle worker exists */
export function guarded(start: () => ReaderWorker | Promise<ReaderWorker>, stuckMs = STUCK_MS): Guard {
  /** Idle worker. */
  let idle: Link | undefined;
  /** Workers that are stopping; the next file waits for one instead of starting a new worker. */
  const stopping = new Set<Promise<unknown>>();

  let busy = 0;
  const waiting: (() => void)[] = [];
  const oneLess = (): void => {
    busy--;
    for (const wake of waiting.splice(0)) wake();
  };

  async function take(signal: AbortSignal | undefined): Promise<Link> {
    while (busy >= MAX_WORKERS) {
      let wake = (): void => undefined;
      const free = new Promise<void>((resolve) => (wake = resolve));
      waiting.push(wake);
      signal?.addEventListener('abort', wake);
      await free;
      signal?.removeEventListener('abort', wake);
      signal?.throwIfAborted();
    }
    busy++;
    try {
      if (!idle && stopping.size > 0) await Promise.race(stopping);
      signal?.throwIfAborted();
      const link = idle ?? new Link(await start());
      if (link === idle) idle = undefined;
      return link;
    } catch (error) {
      oneLess();
      throw error;
    }
  }
  function giveBack(link: Link): void {
    oneLess();
    link.worker.hold?.(false);
    if (link.ended) return;
    if (idle) link.terminate();
    else idle = link;
  }
  function stop(link: Link): void {
    const stopped = link.stop().then(() => giveBack(link));
    stopping.add(stopped);
    void stopped.finally(() => stopping.delete(stopped));
  }

  return {
    async *readers(kind, format, file, signal) {
      signal?.throwIfAborted();
      const link = await take(signal);
      link.worker.hold?.(true);
      const run = new Run(link, { kind, format, file, stuckMs });
      const abort = (): void => run.fail(signal!.reason);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
      try {
        for (let batch = await run.next(); batch; batch = await run.next()) yield* unpacked(batch) as Generator<never>;
      } finally {
        signal?.removeEventListener('abort', abort);
        // The next listener attaches immediately, so no message is lost.
        const closed = run.close();
        if (run.isDone || link.ended) giveBack(link);
        else stop(link);
        await closed;
      }
    },
    end() {
      idle?.terminate();
      idle = undefined;
    },
  };
}

/** Worker and its current listener. */
class Link {
  private listener: ((message: FromWorker) => void) | undefined;
  private onEnd: (() => void) | undefined;
  isReady = false;
  ended: { reason: string; memory?: number } | undefined;

  constructor(readonly worker: ReaderWorker) {
    worker.listen((message) => {
      if (this.ended) return;
      if (message.type === 'ready') this.isReady = true;
      this.listener?.(message);
    });
    worker.onEnd((why) => {
      if (!this.ended) this.terminate(why);
    });
  }

  listen(listener?: (message: FromWorker) => void, onEnd?: () => void): void {
    [this.listener, this.onEnd] = [listener, onEnd];
  }

  terminate(why: { reason: string; memory?: number } = { reason: 'it was terminated' }): void {
    this.ended = why;
    this.worker.terminate();
    this.onEnd?.();
  }

  /** Ends a file early. Resolves once the worker can read another, or is terminated. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.terminate(), STOP_MS);
      const stopped = (): void => {
        clearTimeout(late);
        this.listen();
        resolve();
      };
      this.listen(({ type }) => {
        // Messages from before the worker received the stop are ignored.
        if (type === 'stopped' || type === 'done' || type === 'refused') stopped();
      }, stopped);
      this.worker.post({ type: 'stop' });
    });
  }
}

interface Reading {
  kind: FoundKind;
  format: FormatId;
  file: OpenFile;
  stuckMs: number;
}

/** File being read in a worker. */
class Run {
  /** The worker has finished the file, and can read another. */
  isDone = false;
  private isClosed = false;
  private readonly arrived: (Batch | { sentence: string })[] = [];
  private failure: { error: unknown } | undefined;
  private wake: (() => void) | undefined;
  private readonly streams = new Map<number, AsyncIterator<Uint8Array>>();
  /** Errors of reading the file's own bytes, by request. */
  private readonly sourceErrors = new Map<number, unknown>();
  private pendingAsks = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hasSpoken = false;
  private hasWorked = false;

  constructor(
    private readonly link: Link,
    private readonly reading: Reading,
  ) {
    const { kind, format, file, stuckMs } = reading;
    const { name, places, companions, reading: how, encoding } = file;
    link.listen(
      (message) => this.take(message),
      () => this.lost(),
    );
    if (link.ended) this.lost();
    link.worker.post({
      type: 'read',
      kind,
      format,
      aliveMs: stuckMs / TICKS / 2,
      file: {
        name,
        ...(places && { placesSize: places.size }),
        ...(how && { reading: how }),
        ...(encoding && { encoding }),
        ...(companions && {
          companions: {
            ...(companions.name !== undefined && { name: companions.name }),
            paths: new Set(companions.paths),
          },
        }),
      },
    });
    if (link.isReady) this.watch(0, 0);
  }

  /** Returns the next batch; undefined at the end. */
  async next(): Promise<Batch | undefined> {
    for (;;) {
      // An abort discards the batches that have arrived.
      if (this.failure && !this.isDone) throw this.failure.error;
      const next = this.arrived.shift();
      if (next === undefined) {
        if (this.failure) throw this.failure.error;
        if (this.isDone) return undefined;
        await new Promise<void>((resolve) => (this.wake = resolve));
      } else if ('sentence' in next) this.reading.file.note(next.sentence);
      else {
        if (!this.isDone) this.post({ type: 'more' });
        return next;
      }
    }
  }

  /** Fails the file at once, whatever the worker does. */
  fail(error: unknown): void {
    if (this.failure || this.isDone) return;
    this.failure = { error };
    this.link.terminate();
    this.wake?.();
  }

  /** Releases the file. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.link.listen();
    const closing = [...this.streams.values()].map(async (stream) => stream.return?.());
    const closed = Promise.allSettled(closing);
    // Requested bytes may never arrive, for example from a pipe.
    if (this.pendingAsks === 0) await closed;
  }

  private take(message: FromWorker): void {
    if (message.type === 'ready') {
      // The worker's startup time doesn't count against the file.
      this.watch(0, 0);
      return;
    }
    this.hasSpoken = true;
    if (message.type !== 'alive') this.hasWorked = true;
    switch (message.type) {
      case 'ask':
      case 'askPlace':
        void this.answer(message);
        return;
      case 'close':
        // Errors on closing don't matter: nothing more is read.
        this.streams
          .get(message.stream)
          ?.return?.()
          .catch(() => undefined);
        this.streams.delete(message.stream);
        return;
      case 'batch':
        this.arrived.push(message.batch);
        break;
      case 'note':
        this.arrived.push(message);
        break;
      case 'done':
        this.isDone = true;
        break;
      case 'refused': {
        const { failure, source } = message;
        this.isDone = true;
        this.failure = { error: source === undefined ? fromFailure(failure) : this.sourceErrors.get(source) };
        break;
      }
      case 'alive':
      case 'stopped':
        return;
    }
    this.wake?.();
  }

  private async answer(ask: Extract<FromWorker, { type: 'ask' | 'askPlace' }>): Promise<void> {
    const { id } = ask;
    this.pendingAsks++;
    try {
      const found = ask.type === 'ask' ? await this.nextOf(ask) : await this.placed(ask);
      // Copies, because the piece may be part of a shared buffer.
      const bytes = found?.slice();
      this.post({ type: 'bytes', id, ...(bytes && { bytes }) }, bytes && [bytes.buffer]);
    } catch (error) {
      this.sourceErrors.set(id, error);
      this.post({ type: 'failed', id, failure: toFailure(error) });
    } finally {
      this.pendingAsks--;
      this.hasSpoken = true; // from now on, the worker must respond
    }
  }

  private async nextOf({ stream, path }: { stream: number; path?: string }): Promise<Uint8Array | undefined> {
    const { bytes, companions } = this.reading.file;
    let iterator = this.streams.get(stream);
    if (!iterator) {
      iterator = (path === undefined ? bytes : companions!.open(path))[Symbol.asyncIterator]();
      this.streams.set(stream, iterator);
    }
    const next = await iterator.next();
    return next.done ? undefined : next.value;
  }

  private placed({ offset, length }: { offset: number; length: number }): Promise<Uint8Array> {
    return this.reading.file.places!.read(offset, length);
  }

  private post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void {
    if (!this.isClosed && !this.link.ended) this.link.worker.post(message, transfer);
  }

  /** Handles a worker that ended by itself. */
  private lost(): void {
    if (this.failure || this.isDone) return;
    const { file, format } = this.reading;
    const { reason, memory } = this.link.ended!;
    const error = !this.link.isReady
      ? new HomegrownError('load-failed', `The file reader couldn't start: ${reason}`)
      : memory === undefined
        ? failedReader(file.name, format, reason)
        : badFile(
            `Couldn't read ${file.name}: its reader needs more than ${formatBytes(memory)} of memory.`,
            'Other files are not affected. Split it into smaller files.',
          );
    this.failure = { error };
    this.wake?.();
  }

  /**
   * Fails a stuck worker: it must respond, because it waits neither for bytes nor for its batches to be taken, but
   * stays silent. `alive` messages extend the time up to a limit.
   */
  private watch(quiet: number, idle: number): void {
    const { stuckMs, file } = this.reading;
    this.timer = setTimeout(() => {
      const isFull = this.arrived.length >= BATCHES_AHEAD;
      const owes = this.pendingAsks === 0 && !isFull && !this.isDone;
      const nowQuiet = owes && !this.hasSpoken ? quiet + 1 : 0;
      const nowIdle = owes && !this.hasWorked ? idle + 1 : 0;
      this.hasSpoken = this.hasWorked = false;
      if (nowQuiet < TICKS && nowIdle < MAX_IDLE_TICKS) this.watch(nowQuiet, nowIdle);
      else
        this.fail(
          badFile(
            `Couldn't read ${file.name}: its reader made no progress for ${formatDuration((Math.max(nowQuiet, nowIdle) * stuckMs) / TICKS)}.`,
            AGAIN,
          ),
        );
    }, stuckMs / TICKS);
  }
}
