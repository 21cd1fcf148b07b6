import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Calls, countCalls } from '../../testing/dawn';
import { HARDWARE, pretend } from '../../testing/pretend';
import { arena } from './arena';
import { type Gpu, openGpu } from './backend';
import { dispatch, type Kernel } from './dispatch';
import { compile } from './program';

let gpu: Gpu;
let calls: Calls;
let pretending: { undo(): void };
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});
beforeEach(() => {
  gpu.check();
  pretending = pretend(gpu, HARDWARE);
});
afterEach(() => pretending.undo());

/** Declares the multiplications that a slow GPU does in `ms`, but only doubles and adds 1. */
const long = (ms: number): Kernel<'x'> => ({
  name: `${ms} ms`,
  bindings: { x: ['update', 'f32'] },
  workgroup: [64, 1, 1],
  grid: [4, 1, 1],
  flops: ms * 1e9,
  body: `let i = index * 64u + lane; x[i] = 2 * x[i] + 1; // ${ms}`,
});

/** A step of such kernels over a variable of 256 numbers, starting at 0. */
function step(kernels: readonly number[], now?: () => number) {
  const { tensors } = arena([{ shape: [256], dtype: 'float32' }]);
  const x = tensors[0]!;
  const all = kernels.map(long);
  const run = () => {
    for (const kernel of all) dispatch(kernel, { x });
    return { sum: tf.sum(x) };
  };
  const program = compile({ rate: { shape: [1], dtype: 'float32' } }, run, now);
  return {
    program,
    async run() {
      calls.reset();
      const { sum } = await program.run({ rate: Float32Array.of(1) });
      return sum[0]! / 256;
    },
  };
}

test('splits a first step into submits expected below 200 ms, and a dispatch into ranges of 100 ms', async () => {
  const { program, run } = step([150, 60, 90, 30]); // as 75, 75, 60, 90, 30 ms
  const stock = program.cost.dispatches - 5;
  expect(await run()).toBe(15);
  expect(calls).toMatchObject({ submits: 2, dispatches: 5 + stock, buffers: 0, bindGroups: 0 });
  // A device with timestamps has measured the step by then, and isn't that slow.
  expect(await run()).toBe(255);
  expect(calls.submits).toBe(1);
  program.dispose();
});

test('splits a step that takes a GPU long into several submits with the same result', async () => {
  const [{ program: one, run }, several] = [step([1, 2, 3, 2]), step([1, 2, 3, 2])];
  expect(await several.run()).toBe(await run());
  for (let n = 1; n < 4; n++) {
    const want = await run();
    several.program.cost.gpuMs = 760; // as if the last step had taken 95 ms for each of 8
    expect(await several.run()).toBe(want);
    // 1, then 2, then 3 would be 570: no two fit with the longest.
    expect(calls).toMatchObject({ submits: 4, writes: 1, buffers: 0, bindGroups: 0 });
    expect(calls.dispatches).toBe(several.program.cost.dispatches);
    if (gpu.adapter.timestamps) expect(several.program.cost.gpuMs).toBeLessThan(700);
  }
  several.program.cost.gpuMs = 1e9;
  const want = await run();
  expect(await several.run()).toBe(want);
  expect(calls.submits, 'a command each').toBeGreaterThanOrEqual(several.program.cost.dispatches);
  several.program.cost.gpuMs = 1;
  await several.run();
  expect(calls.submits).toBe(1);
  for (const program of [one, several.program]) program.dispose();
});

test('without timestamps, wall-clock time decides, also for overlapping steps', async () => {
  const { timestamps } = gpu.adapter;
  gpu.adapter.timestamps = false;
  let time = 0;
  const { program, run } = step([50, 50, 50, 50], () => time);
  try {
    await program.prepare();
    const first = run();
    expect(calls.submits).toBe(2); // expected slightly over 200 ms
    time += 1600;
    await first;
    const next = run();
    expect(calls.submits).toBe(5); // 400 ms each, and a short one
    time += 10;
    await next;
    const [one, other] = [run(), run()];
    expect(calls.submits).toBe(1); // for the last
    time += 100;
    await Promise.all([one, other]);
    await run();
    expect(calls.submits).toBe(1);
  } finally {
    gpu.adapter.timestamps = timestamps;
    program.dispose();
  }
});

test('a software adapter gets one submit and unsplit dispatches', async () => {
  pretending.undo();
  const { program, run } = step([400, 400]);
  expect(await run()).toBe(3);
  expect(calls.submits).toBe(1);
  expect(calls.dispatches).toBe(program.cost.dispatches);
  const { program: short } = step([1, 1]);
  expect(program.cost.dispatches).toBe(short.cost.dispatches);
  for (const each of [program, short]) each.dispose();
});
