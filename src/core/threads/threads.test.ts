import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { nodeThreads } from '../../../node/threads';
import { withFirstTaken } from '../../testing/firstTaken';
import { ADAMW_FACTORS } from './adamw';
import { startThreads } from './threads';

const shared = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 32, maximum: 65_536, shared: true });

test.each([4094, 4095, 4096, 5000, 9000])('a job of %i tasks finishes, with each task done once', async (tasks) => {
  const memory = shared();
  const threads = startThreads(memory, nodeThreads(2));
  await expect.poll(() => threads.ready(), { timeout: 60_000 }).toBe(2);
  const size = 4 * tasks;
  const all = new Float32Array(memory.buffer);
  const at = (i: number): number => 4 * i * size;
  all.fill(1, 0, 2 * size).fill(1, 5 * size, 5 * size + ADAMW_FACTORS.length); // weights, gradients, and the factors
  threads.run('adamw', [at(0), at(1), at(2), at(3), at(4), size, 4, at(5), 0, 0], tasks);
  expect(all.slice(2 * size, 4 * size)).toEqual(new Float32Array(2 * size).fill(1)); // m and v updated once
  threads.end();
});

test('waits a limited time for a thread that ended with its task, and never uses it again', async () => {
  const takes = `
    const { workerData, parentPort } = require('node:worker_threads');
    const control = new Int32Array(workerData);
    const none = Atomics.load(control, 0);
    parentPort.postMessage('here');
    for (;;) {
      const word = Atomics.load(control, 0);
      if (word !== none && Atomics.compareExchange(control, 0, word, word + 1) === word) break;
    }`;
  let here: Promise<unknown> | undefined;
  const threads = startThreads(shared(), {
    count: 2,
    start({ control }) {
      const worker = new Worker(takes, { eval: true, workerData: control });
      here = new Promise((resolve) => worker.once('message', resolve));
      return () => void worker.terminate();
    },
  });
  await here;
  const waits = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
  try {
    const job = (): void => threads.run('pack', [0, 0, 4, 1024, 1, 16, 1], 2);
    expect(() => withFirstTaken(job)).toThrow(WebAssembly.RuntimeError);
    expect(waits).toHaveBeenCalledTimes(60);
    expect(job).toThrow(WebAssembly.RuntimeError);
    expect(waits).toHaveBeenCalledTimes(60);
  } finally {
    waits.mockRestore();
    threads.end();
  }
});
