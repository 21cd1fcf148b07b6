/** A thread that cleans documents; answers have the order of the tasks. */
import { parentPort } from 'node:worker_threads';
import { cleaner, type CleaningTask } from '../../src/core/documents/clean/workerPool';

const clean = cleaner();
let turn: Promise<void> = Promise.resolve();
parentPort!.on('message', (task: CleaningTask) => {
  turn = turn.then(async () => parentPort!.postMessage(await clean(task)));
});
