/** How a long piece of work is watched and stopped. Every loop in core that may exceed 50 ms takes one. */
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

/** Awaited between pieces of work, so that others come in between: `yieldToEventLoop`, or where they share a device, a turn on it. */
export type Pause = () => Promise<void>;

/** A job that nobody watches and nobody stops. */
export const unwatched: Job<unknown> = { signal: new AbortController().signal, report: () => undefined };

/** As that, until the signal is aborted: then it throws. */
export const yieldUntil =
  (signal: AbortSignal): Pause =>
  async () => {
    signal.throwIfAborted();
    await yieldToEventLoop();
  };

/** Work that yields between its pieces, with a pause at each. */
export async function withPauses<T>(work: Generator<void, T>, pause: Pause): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await pause();
  }
}
/** The same without: where it is short. */
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
