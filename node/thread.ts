/** A thread of WebAssembly in Node (threads.ts). */
import { workerData } from 'node:worker_threads';
import { help, type Start } from '../src/core/threads/threads';

help(workerData as Start);
