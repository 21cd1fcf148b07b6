/** A thread that cleans documents; answers have the order of the tasks. */
import { parentPort } from 'node:worker_threads';
import { helper, type Task } from '../../src/core/documents/clean/helpers';

const clean = helper();
let turn: Promise<void> = Promise.resolve();
parentPort!.on('message', (task: Task) => {
  turn = turn.then(async () => parentPort!.postMessage(await clean(task)));
});
