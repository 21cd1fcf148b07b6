/** A worker as typed promises with progress, stop, and an end that is noticed. */
import { proxy, transfer, wrap, type Remote } from 'comlink';
import { fromFailure, HomegrownError } from '../core/base/errors';
import type { Api, Served } from '../protocol/rpc';

export interface Options<P> {
  signal?: AbortSignal;
  onProgress?(progress: P): void;
}

export interface Client<A extends Api<A>> {
  /** @throws HomegrownError as the worker did; `load-failed` if the worker is gone. */
  call<M extends keyof A>(
    method: M,
    input: A[M]['input'],
    options?: Options<A[M]['progress']>,
  ): Promise<A[M]['output']>;
  /** Ends the worker now; calls in progress fail. The next call starts a fresh one. */
  end(): void;
}

/** `spawn` is called at the first call, and again after an end. */
export function connect<A extends Api<A>>(spawn: () => Worker): Client<A> {
  let current: { served: Remote<Served<A>>; gone: Promise<never>; end(reason: HomegrownError): void } | null = null;

  function open() {
    const worker = spawn();
    const { promise: gone, reject } = withReject();
    const end = (reason: HomegrownError) => {
      worker.terminate();
      current = null;
      reject(reason);
    };
    // An error here is the script failing to load or throwing outside any call.
    worker.onerror = (event) => {
      event.preventDefault();
      const reason = event.message || 'its script could not be loaded';
      end(new HomegrownError('load-failed', `A part of the app stopped: ${reason}`));
    };
    current = { served: wrap<Served<A>>(worker), gone, end };
    return current;
  }

  return {
    async call(method, input, { signal, onProgress } = {}) {
      const { served, gone } = current ?? open();
      const { port1, port2 } = new MessageChannel();
      const stop = () => port1.postMessage('stop');
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop);
      // Messages of a worker may arrive after its end, when no caller waits.
      let listener = onProgress;
      const report = proxy((progress: unknown) => listener?.(progress));
      // Comlink's mapped types cannot see through a generic method; the contract is enforced on both sides of this line.
      const call = served.call as unknown as Served<A>['call'];
      try {
        const reply = await Promise.race([call(method, input, report, transfer(port2, [port2])), gone]);
        if (!reply.ok) throw fromFailure(reply.failure);
        return reply.value;
      } finally {
        listener = undefined;
        signal?.removeEventListener('abort', stop);
        port1.close();
      }
    },
    end: () => current?.end(new HomegrownError('load-failed', 'The work was ended')),
  };
}

function withReject(): { promise: Promise<never>; reject(reason: Error): void } {
  let reject!: (reason: Error) => void;
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => undefined); // there may be no caller when a worker ends
  return { promise, reject };
}
