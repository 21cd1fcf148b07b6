/**
 * Peak rate of f32 arithmetic on 128-bit lanes: a loop of multiplications and additions that touches no memory. It
 * bounds every kernel in WebAssembly that rounds after each of the two.
 */
import { Worker } from 'node:worker_threads';
import {
  add,
  assemble,
  type Func,
  get,
  int,
  loadSplat,
  plus,
  repeat,
  set,
  store,
  times,
} from '../src/core/base/assembler';

/** Independent sums: enough to hide the latency of an addition on two pipes, few enough for 16 registers. */
const SUMS = 12;
const LANES = 4;
/** Repetitions inside the loop, so that counting costs little. */
const UNROLLED = 4;
const FLOPS_PER_ITERATION = 2 * LANES * SUMS * UNROLLED;

/** Adds a product to each sum, `iterations` times, and stores them, so that no compiler removes the work. */
const arithmetic: Func = (() => {
  const [ITERATIONS, AT, FACTOR, FIRST_SUM] = [0, 1, 2, 3] as const;
  const sums = Array.from({ length: SUMS }, (_, i) => FIRST_SUM + i);
  return {
    params: 2,
    i32s: 0,
    v128s: 1 + SUMS,
    body: [
      set(FACTOR, loadSplat(get(AT))),
      sums.map((sum) => set(sum, get(FACTOR))),
      repeat(
        [
          Array.from({ length: UNROLLED }, () =>
            sums.map((sum) => set(sum, plus(times(get(sum), get(FACTOR)), get(FACTOR)))),
          ),
          set(ITERATIONS, add(get(ITERATIONS), int(-1))),
        ],
        get(ITERATIONS),
      ),
      sums.map((sum, i) => store(get(AT), get(sum), 16 * i)),
    ],
  };
})();

/** Source of a thread: runs the loop until its time is over. Sends its iterations per second. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const memory = new WebAssembly.Memory({ initial: 1 });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(workerData.code), { page: { memory } });
new Float32Array(memory.buffer)[0] = 0.5;
const run = (iterations) => {
  const from = performance.now();
  exports.arithmetic(iterations, 0);
  return iterations / (performance.now() - from) * 1000;
};
let iterations = 1000;
for (let ms = 0; ms < 10; iterations *= 2) ms = iterations / run(iterations) * 1000; // compiles, and finds the size
parentPort.once('message', () => {
  let best = 0;
  const until = performance.now() + workerData.ms;
  while (performance.now() < until) best = Math.max(best, run(iterations));
  parentPort.postMessage(best);
});
parentPort.postMessage('ready');
`;

/** Measures the peak of `threads` threads together, in 10^9 operations per second, for `ms` milliseconds. */
export async function peakGigaflops(threads: number, ms = 200): Promise<number> {
  const code = assemble({ arithmetic });
  const workers = Array.from({ length: threads }, () => new Worker(THREAD, { eval: true, workerData: { code, ms } }));
  const answer = (worker: Worker): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  try {
    await Promise.all(workers.map((worker) => answer(worker)));
    const answers = workers.map((worker) => answer(worker));
    for (const worker of workers) worker.postMessage('begin');
    const rates = (await Promise.all(answers)) as number[];
    return (rates.reduce((a, b) => a + b) * FLOPS_PER_ITERATION) / 1e9;
  } finally {
    for (const worker of workers) void worker.terminate();
  }
}
