/** Progress reports and cancellation of a long task. Every loop in core that may exceed 50 ms takes a job. */
export interface Job<P = Progress> {
  signal: AbortSignal;
  report(progress: P): void;
}
/** `done` of `of`, in `unit`s. `of` is absent while the total is unknown. */
export interface Progress {
  label: string;
  done: number;
  of?: number;
  unit:
    | 'bytes'
    | 'characters'
    | 'tokens'
    | 'merges'
    | 'kernels'
    | 'steps'
    | 'files'
    | 'documents'
    | 'tensors'
    | 'pairs'
    | 'chats'
    | 'rows'
    | 'texts'
    | 'points';
}

/** Awaited between pieces of work to let other tasks run: `yieldToEventLoop`, or a turn on a shared device. */
export type Pause = () => Promise<void>;

/** Job without progress reports or cancellation. */
export const unwatched: Job<unknown> = { signal: new AbortController().signal, report: () => undefined };

/** Pause that yields to the event loop, and throws once the signal is aborted. */
export const yieldUntil =
  (signal: AbortSignal): Pause =>
  async () => {
    signal.throwIfAborted();
    await yieldToEventLoop();
  };

/** Runs work that yields between its pieces, with a pause at each yield. */
export async function withPauses<T>(work: Generator<void, T>, pause: Pause): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await pause();
  }
}
/** Runs short work without pauses. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Gives the event loop a turn (so that Stop can arrive) without the 4 ms clamp of nested timers. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
