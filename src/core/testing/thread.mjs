// A thread of Node's: what a worker starts with (threads.ts beside this). It brings tsx itself, which does not come along.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { help } = await import('../threads/threads.ts');
help(workerData);
