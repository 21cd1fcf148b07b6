import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { complaints } from '../../testing/complaints';
import { type Calls, countCalls } from '../../testing/dawn';
import { arena } from './arena';
import { type Gpu, openGpu } from './backend';
import { dispatch, type Kernel } from './dispatch';
import { compile } from './program';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});

/**
 * Records which pipelines are compiled while `act` runs: labels of synchronous and asynchronous calls, in order, and the
 * maximum number of asynchronous compilations in progress.
 */
async function compilations(act: () => Promise<unknown>) {
  const { prototype } = GPUDevice;
  const { createComputePipeline, createComputePipelineAsync } = prototype;
  const seen = { async: [] as string[], sync: [] as string[], maxPending: 0 };
  let pending = 0;
  prototype.createComputePipeline = function (descriptor) {
    seen.sync.push(descriptor.label ?? '');
    return createComputePipeline.call(this, descriptor);
  };
  prototype.createComputePipelineAsync = function (descriptor) {
    seen.async.push(descriptor.label ?? '');
    seen.maxPending = Math.max(seen.maxPending, ++pending);
    return createComputePipelineAsync.call(this, descriptor).finally(() => pending--);
  };
  try {
    await act();
  } finally {
    Object.assign(prototype, { createComputePipeline, createComputePipelineAsync });
  }
  return seen;
}

/**
 * Returns a step that runs one kernel per name on one float, `w`. Each name is unique to a test, so that no kernel is
 * compiled already.
 */
const stepOf = (names: readonly string[], line = 'w[0] += 1;') => {
  const { tensors } = arena([{ shape: [1], dtype: 'float32' }]);
  const kernels = names.map((name, i): Kernel<'w'> => ({
    name,
    bindings: { w: ['update', 'f32'] },
    workgroup: [1, 1, 1],
    grid: [1, 1, 1],
    body: `// ${name} ${i}\n${line}`,
  }));
  return () => {
    for (const kernel of kernels) dispatch(kernel, { w: tensors[0]! });
    return { w: tensors[0]!.add(0) };
  };
};

const compileOf = (step: () => { w: tf.Tensor }) => compile({ go: { shape: [1], dtype: 'float32' } }, step);
/** Input that the steps ignore. */
const GO = { go: Float32Array.of(0) };

test('compiles the kernels of a step at once before its first replay, each once, and counts them', async () => {
  const names = ['one', 'two', 'three', 'four'];
  const step = stepOf(names);
  const [program, other] = [compileOf(step), compileOf(step)];
  const reports: [number, number][] = [];
  const seen = await compilations(async () => {
    await Promise.all([program.prepare((...at) => reports.push(at)), other.prepare()]);
    calls.reset();
    expect((await program.run(GO)).w[0]).toBe(4);
    expect((await other.run(GO)).w[0]).toBe(8);
  });
  expect(calls.pipelines).toBe(0);
  expect(seen.sync).toEqual([]);
  expect(seen.async.slice(0, 4)).toEqual(names);
  expect(new Set(seen.async).size).toBe(seen.async.length);
  expect(seen.maxPending, 'all start before one is awaited').toBe(seen.async.length);
  const { length: of } = seen.async;
  expect(reports).toEqual(Array.from({ length: of + 1 }, (_, done) => [done, of]));
  await program.prepare(() => expect.fail('There is nothing left to compile.'));
  for (const each of [program, other]) each.dispose();
});

test('a first run without prepare also compiles its kernels at once', async () => {
  const program = compileOf(stepOf(['un', 'deux']));
  const seen = await compilations(async () => expect((await program.run(GO)).w[0]).toBe(2));
  expect(seen).toMatchObject({ sync: [], maxPending: seen.async.length });
  expect(seen.async).toEqual(expect.arrayContaining(['un', 'deux']));
  program.dispose();
});

test('runs that begin while kernels compile keep their order', async () => {
  const program = compileOf(stepOf(['eins', 'zwei'], 'w[0] = 10 * w[0] + 1;'));
  const preparing = program.prepare();
  const early = program.run(GO);
  const between = program.run(GO);
  // Everything is compiled now, but the two runs don't know yet.
  const late = preparing.then(() => program.run(GO));
  const results = await Promise.all([early, between, late]);
  expect(results.map(({ w }) => w[0])).toEqual([11, 1111, 111111]);
  program.dispose();
});

test('eager code and replays share a kernel of TensorFlow.js, whichever compiles it first', async () => {
  const programs = [tf.atanh, tf.asinh].map((op) =>
    compile({ x: { shape: [3], dtype: 'float32' } }, ({ x }) => ({ y: op(x) })),
  );
  const x = Float32Array.of(0.1, 0.2, 0.3);
  const eager = [tf.atanh(x), tf.asinh(x)];
  for (const [i, program] of programs.entries()) {
    expect((await program.run({ x })).y).toEqual(await eager[i]!.data());
    program.dispose();
  }
  tf.dispose(eager);
});

test('reports a kernel that can’t be compiled by name each time, without affecting others', async () => {
  const step = stepOf(['sound', 'broken'], 'w[0] += 1;');
  const broken = stepOf(['faulty'], 'w[0] += nothing;');
  const program = compileOf(() => ({ ...step(), ...broken() }));
  const wrong = {
    code: 'bug',
    message: expect.stringMatching(/compile the kernel faulty: .*unresolved value 'nothing'/s) as string,
  };
  await expect(program.prepare()).rejects.toMatchObject(wrong);
  await expect(program.run(GO)).rejects.toMatchObject(wrong);
  expect(complaints.splice(0)).toEqual(Array(2).fill(expect.stringContaining("'nothing'")));
  gpu.check();
  const live = calls.liveBytes;
  program.dispose();
  expect(calls.liveBytes).toBeLessThan(live);
  const other = compileOf(step);
  expect((await other.run(GO)).w[0]).toBe(2);
  other.dispose();
  gpu.check();
});

test('a program that is disposed during prepare does no harm', async () => {
  const program = compileOf(stepOf(['late', 'later']));
  const [preparing, running] = [program.prepare(), program.run(GO)];
  program.dispose();
  await preparing;
  await expect(running).rejects.toThrow(/disposed before this run/);
  gpu.check();
});

test('prepare fails if the device is lost meanwhile', async () => {
  const program = compileOf(stepOf(['lost', 'and lost']));
  const preparing = program.prepare();
  gpu.device.destroy();
  await expect(preparing).rejects.toMatchObject({ code: 'device-lost' });
  await expect(program.run(GO)).rejects.toMatchObject({ code: 'device-lost' });
  program.dispose();
  gpu = await openGpu();
  const again = compileOf(stepOf(['lost', 'and lost']));
  expect((await again.run(GO)).w[0]).toBe(2);
  again.dispose();
});
