/** A thread of Node's: what a worker starts with (threads.ts beside this). */
import { workerData } from 'node:worker_threads';
import { help, type Start } from '../threads/threads';

help(workerData as Start);
