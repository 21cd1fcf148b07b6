/** A thread of the GPU worker for WASM; its first message starts it. */
import { help, type Start } from '../core/threads/threads';
import { requestsSoFar, type RequestsMessage } from './requests';

export function start(): void {
  onmessage = ({ data }: MessageEvent<Start>) => {
    postMessage({ requests: requestsSoFar() } satisfies RequestsMessage);
    help(data);
  };
}
