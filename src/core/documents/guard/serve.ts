/** Worker side: runs readers on files whose bytes the other side has (guarded.ts). */
import { fromFailure, HomegrownError, toFailure } from '../../base/errors';
import type { OpenFile } from '../formats/format';
import { type Batch, Packer } from './batch';
import { BATCHES_AHEAD, type FromWorker, type Port, type RemoteFile, type ToWorker } from './protocol';
import { failedReader, type FoundKind, type FormatOf, inProcess } from './readers';

type HostPort = Port<FromWorker, ToWorker>;
type Asking = { type: 'ask'; stream: number; path?: string } | { type: 'askPlace'; offset: number; length: number };

/** Serves requests until the worker is terminated. */
export function serveReaders(port: HostPort): void {
  let task: Task | undefined;
  port.listen((message) => {
    if (message.type === 'read') {
      task = new Task(port, message);
      void task.run();
    } else task?.take(message);
  });
  port.post({ type: 'ready' });
}

/** Reads one file. */
class Task {
  private isStopped = false;
  /** No more messages about this file: the worker may be reading another. */
  private isOver = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private readonly asks = new Map<number, { resolve(bytes?: Uint8Array): void; reject(error: Error): void }>();
  /** Request that caused each error. */
  private readonly failed = new Map<unknown, number>();
  private credit = BATCHES_AHEAD;
  private onCredit: (() => void) | undefined;
  private readonly packer: Packer;

  constructor(
    private readonly port: HostPort,
    private readonly asking: Extract<ToWorker, { type: 'read' }>,
  ) {
    this.packer = new Packer(asking.kind);
  }

  take(message: Exclude<ToWorker, { type: 'read' }>): void {
    if (message.type === 'more') {
      this.credit++;
      this.onCredit?.();
    } else if (message.type === 'stop') {
      this.isStopped = true;
      for (const { reject } of this.asks.values()) reject(new HomegrownError('bad-file', STOPPED));
      this.asks.clear();
      this.onCredit?.();
    } else {
      const ask = this.asks.get(message.id);
      this.asks.delete(message.id);
      if (message.type === 'bytes') ask?.resolve(message.bytes);
      else {
        const error = fromFailure(message.failure);
        this.failed.set(error, message.id);
        ask?.reject(error);
      }
    }
  }

  async run(): Promise<void> {
    const { kind, format, file } = this.asking;
    this.tellAlive();
    let last: FromWorker = { type: 'done' };
    try {
      const found = inProcess(kind, format as FormatOf[FoundKind], this.remote(file));
      for await (const one of found) {
        if (this.isStopped) break;
        if (this.packer.add(one)) await this.flush();
      }
      await this.flush();
    } catch (error) {
      // Content that can't be copied to another thread, such as very deep objects, throws another error.
      await this.flush().catch(() => undefined);
      const known = error instanceof HomegrownError ? error : failedReader(file.name, format, messageOf(error));
      const source = this.failed.get(error);
      last = { type: 'refused', failure: toFailure(known), ...(source !== undefined && { source }) };
    }
    clearTimeout(this.timer);
    this.isOver = true;
    this.port.post(this.isStopped ? { type: 'stopped' } : last);
  }

  private tellAlive(): void {
    this.timer = setTimeout(() => {
      this.port.post({ type: 'alive' });
      this.tellAlive();
    }, this.asking.aliveMs);
  }

  private async flush(): Promise<void> {
    const batch = this.packer.take();
    if (!batch) return;
    while (this.credit <= 0 && !this.isStopped) await new Promise<void>((resolve) => (this.onCredit = resolve));
    this.send(batch);
  }

  private send(batch: Batch | undefined): void {
    if (!batch || this.isStopped) return;
    this.credit--;
    this.port.post({ type: 'batch', batch });
  }

  private remote({ name, placesSize, reading, encoding, companions }: RemoteFile): OpenFile {
    let streams = 0;
    return {
      name,
      bytes: this.stream(streams++),
      note: (sentence) => {
        // Keeps the order of notes and items.
        if (this.isOver) return;
        this.send(this.packer.take());
        this.port.post({ type: 'note', sentence });
      },
      ...(placesSize !== undefined && {
        places: {
          size: placesSize,
          read: async (offset, length) => (await this.ask({ type: 'askPlace', offset, length })) ?? new Uint8Array(),
        },
      }),
      ...(reading && { reading }),
      ...(encoding && { encoding }),
      ...(companions && { companions: { ...companions, open: (path: string) => this.stream(streams++, path) } }),
    };
  }

  private stream(stream: number, path?: string): AsyncIterableIterator<Uint8Array> {
    const iterator: AsyncIterableIterator<Uint8Array> = {
      next: async () => {
        const value = await this.ask({ type: 'ask', stream, ...(path !== undefined && { path }) });
        return value ? { value } : { done: true, value: undefined };
      },
      return: () => {
        if (!this.isStopped && !this.isOver) this.port.post({ type: 'close', stream });
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  private ask(what: Asking): Promise<Uint8Array | undefined> {
    if (this.isStopped || this.isOver) return Promise.reject(new HomegrownError('bad-file', STOPPED));
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.asks.set(id, { resolve, reject });
      this.port.post({ ...what, id });
    });
  }
}
const STOPPED = 'Reading was stopped.';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
