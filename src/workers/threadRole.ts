/** A thread of the GPU worker's, where that computes on the processor: what it begins with is its first message. */
import { help, type Start } from '../core/threads/threads';
import { requestsSoFar, type RequestsMessage } from './requests';

export function start(): void {
  onmessage = ({ data }: MessageEvent<Start>) => {
    postMessage({ requests: requestsSoFar() } satisfies RequestsMessage);
    help(data);
  };
}
