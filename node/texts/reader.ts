/** A thread that reads files for commands (readers.ts). */
import { parentPort } from 'node:worker_threads';
import '../textDecoder';
import type { ToWorker } from '../../src/core/documents/guard/protocol';
import { serveReaders } from '../../src/core/documents/guard/serve';

// Packages write to the console; standard output is for results alone.
process.stdout.write = process.stderr.write = () => true;
// Packages leave promises that fail unseen; the reader reports the file's result.
process.on('unhandledRejection', () => undefined);

const port = parentPort!;
serveReaders({
  post: (message, transfer = []) => port.postMessage(message, [...transfer]),
  listen: (listener) => void port.on('message', (message: ToWorker) => listener(message)),
});
