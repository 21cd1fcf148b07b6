/** Both halves of guarded readers in one thread, with a real channel between them; and readers for a test. */
import { type Guard, guarded, type ReaderWorker } from '../core/documents/guard/guarded';
import type { FromWorker, Port, ToWorker } from '../core/documents/guard/protocol';
import { serveReaders } from '../core/documents/guard/serve';
import { FORMATS } from '../core/documents/formats';
import type { DocumentReader } from '../core/documents/formats/format';

interface ChannelGuard extends Guard {
  /** Started workers, in order. */
  workers: readonly { isTerminated: boolean; end(reason: string, memory?: number): void }[];
}

/** @param serve work of a worker */
export function guardedByChannel(
  serve: (port: Port<FromWorker, ToWorker>) => void = serveReaders,
  stuckMs?: number,
): ChannelGuard {
  const workers: (ChannelGuard['workers'][number] & { isTerminated: boolean })[] = [];
  const start = (): ReaderWorker => {
    const { port1, port2 } = new MessageChannel();
    let onEnd: Parameters<ReaderWorker['onEnd']>[0] | undefined;
    const worker = {
      isTerminated: false,
      end: (reason: string, memory?: number) => onEnd?.({ reason, ...(memory !== undefined && { memory }) }),
    };
    workers.push(worker);
    serve(portOf<FromWorker, ToWorker>(port2));
    return {
      ...portOf<ToWorker, FromWorker>(port1),
      onEnd: (listener) => void (onEnd = listener),
      terminate() {
        worker.isTerminated = true;
        port1.close();
      },
    };
  };
  return { ...guarded(start, stuckMs), workers };
}

const portOf = <Out, In>(port: MessagePort): Port<Out, In> => ({
  post: (message, transfer = []) => port.postMessage(message, [...transfer]),
  listen: (listener) =>
    void ((port as { onmessage: unknown }).onmessage = ({ data }: MessageEvent<In>) => listener(data)),
});

/** Replaces the subtitle reader during `work`. */
export async function withSubtitles<T>(documents: DocumentReader['documents'], work: () => Promise<T>): Promise<T> {
  const { open } = FORMATS.srt;
  Object.assign(FORMATS.srt, { open: () => Promise.resolve({ documents }) });
  try {
    return await work();
  } finally {
    Object.assign(FORMATS.srt, { open });
  }
}
