import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { stream } from '../base/rng';
import { recompute } from '../ops/recompute';
import { type Calls, capBindings, countCalls } from '../../testing/dawn';
import { arena, BLOCK, layout } from './arena';
import { type Gpu, openGpu } from './backend';
import { trace } from './capture';
import { dispatch, type Kernel } from './dispatch';
import { gpuMemory } from './memory';
import { bytesOf, compile } from './program';
import { flush, freeReleasedBuffers } from './tfjs';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});
beforeEach(() => gpu.check());

const descend = (n: number): Kernel<'w' | 'g' | 'rate'> => ({
  name: 'descend',
  bindings: { w: ['update', 'f32'], g: ['read', 'f32'], rate: ['read', 'f32'] },
  workgroup: [64, 1, 1],
  grid: [Math.ceil(n / 64), 1, 1],
  body: `let i = index * 64u + lane; if (i < ${n}u) { w[i] -= rate[0] * g[i]; }`,
});

/** A two-layer net on stock ops, its weights updated in place by a kernel of ours. */
function net() {
  const shapes = [
    [5, 7],
    [7, 3],
  ];
  const { tensors } = arena(shapes.map((shape) => ({ shape, dtype: 'float32' })));
  const at = stream(1, 'weights', 0);
  tensors.forEach((w, n) => {
    const values = Float32Array.from({ length: w.size }, (_, i) => at(100 * n + i) / 2 ** 32 - 0.5);
    dispatch(descend(w.size), { w, g: tf.tensor1d(values), rate: tf.tensor1d([-1]) });
  });
  const kernels = tensors.map(({ size }) => descend(size));
  const step = ({ x, rate }: { x: tf.Tensor; rate: tf.Tensor }) => {
    const f = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.square(tf.matMul(tf.tanh(tf.matMul(x, a)), b).sub(1)));
    const { value, grads } = tf.valueAndGrads(f)(tensors);
    grads.forEach((g, i) => dispatch(kernels[i]!, { w: tensors[i]!, g, rate }));
    return { loss: value };
  };
  return { tensors, step };
}
const batch = (n: number) => Float32Array.from({ length: 20 }, (_, i) => stream(2, 'x', n)(i) / 2 ** 31 - 1);

test('replayed steps equal eager ones, with one submit and one write each', async () => {
  const [eager, replayed] = [net(), net()];
  const program = compile(
    { x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } },
    replayed.step,
  );
  for (let n = 0; n < 12; n++) {
    const rate = Float32Array.of(0.5 / (n + 1));
    const want = tf.tidy(() => eager.step({ x: tf.tensor2d(batch(n), [4, 5]), rate: tf.tensor1d(rate) })).loss;
    const [loss] = await want.data();
    const memory = tf.memory().numTensors;
    calls.reset();
    const got = await program.run({ x: batch(n), rate });
    expect(calls).toMatchObject({ submits: 1, writes: 1, buffers: 0, bindGroups: 0, pipelines: 0 });
    expect(calls.dispatches).toBe(program.cost.dispatches);
    expect(tf.memory().numTensors).toBe(memory);
    expect(got.loss[0]).toBe(loss);
    want.dispose();
  }
  // Updated in place, and readable by eager code, even after earlier reads.
  for (let i = 0; i < 2; i++) expect(await replayed.tensors[i]!.data()).toEqual(await eager.tensors[i]!.data());
  await program.run({ x: batch(0), rate: Float32Array.of(1) });
  expect(await replayed.tensors[0]!.data()).not.toEqual(await eager.tensors[0]!.data());
});

test('overlapping steps finish in order', async () => {
  const [one, other] = [net(), net()];
  const inputs = { x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } } as const;
  const [a, b] = [compile(inputs, one.step), compile(inputs, other.step)];
  const rate = Float32Array.of(0.3);
  const losses: number[] = [];
  for (let n = 0; n < 9; n++) losses.push((await a.run({ x: batch(n), rate })).loss[0]!);
  const together = await Promise.all(Array.from({ length: 9 }, (_, n) => b.run({ x: batch(n), rate })));
  expect(together.map(({ loss }) => loss[0])).toEqual(losses);
  const live = calls.liveBytes;
  a.dispose();
  expect(calls.liveBytes).toBeLessThan(live);
});

test('accounts for planned and used memory, and for time if the GPU has timestamps', async () => {
  const inputs = { x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } } as const;
  const { step } = net();
  flush(gpu.backend); // frees temporaries of the net's creation
  const [live, before] = [calls.liveBytes, gpuMemory()];
  const [one, other] = [compile(inputs, step), compile(inputs, step)];
  const { plannedBytes, variables } = one.cost;
  const variableBytes = bytesOf(variables);
  const now = gpuMemory();
  expect(variableBytes).toBe(2 * BLOCK * 4); // 35 and 21 weights, each in a block
  expect(now.plannedBytes - before.plannedBytes).toBe(2 * plannedBytes - variableBytes);
  expect(now.usedBytes - before.usedBytes).toBe(calls.liveBytes - live);
  expect(now.usedBytes - before.usedBytes).toBe(2 * (plannedBytes - variableBytes));

  const values = { x: batch(0), rate: Float32Array.of(0.1) };
  await one.run(values);
  const timings = await one.profile?.(values);
  if (gpu.adapter.timestamps) {
    expect(one.cost.gpuMs).toBeGreaterThan(0);
    expect(timings!.map(({ name }) => name).filter((name) => name === 'descend').length).toBe(2);
    expect(timings!.length).toBe(one.cost.dispatches);
  } else {
    expect([one.cost.gpuMs, timings]).toEqual([undefined, undefined]);
  }
  for (const program of [one, other]) program.dispose();
  expect(gpuMemory().plannedBytes).toBe(before.plannedBytes);
});

test('refuses a step that reads a tensor', async () => {
  const x = tf.add(tf.tensor1d([1]), 1);
  let reading: Promise<unknown> = Promise.resolve();
  trace(() => {
    reading = x.mul(2).data();
  });
  await expect(reading).rejects.toThrow(/cannot be traced: it reads a tensor/);
});

test.each([
  ['in its forward pass', () => 0],
  [
    'inside a gradient',
    (fail: () => never) => tf.grads((w) => tf.sum(tf.square(tf.tanh(w))).mul(fail()))([tf.ones([3])]),
  ],
  ['inside a gradient of a gradient', gradientOfRecomputed],
] as const)('a step that fails %s leaves nothing behind, and the backend as it was', async (_, act) => {
  const fail = (): never => {
    throw new Error('It does not divide.');
  };
  const failing = () => {
    const program = compile({ x: { shape: [2], dtype: 'float32' } }, ({ x }) => {
      tf.add(x, 1);
      act(fail);
      return fail();
    });
    return program.run({ x: new Float32Array(2) });
  };
  for (const backend of ['cpu', 'webgpu']) {
    await tf.setBackend(backend);
    freeReleasedBuffers(gpu.backend);
    const before = [calls.liveBytes, tf.memory().numTensors];
    await expect((async () => failing())()).rejects.toThrow('It does not divide.');
    const y = tf.tidy(() => tf.add(tf.tensor1d([1]), 1));
    expect([...(await y.data())]).toEqual([2]);
    const [gradient] = tf.tidy(() => tf.grads((x) => tf.sum(tf.square(x)))([tf.tensor1d([3])]));
    expect([...(await gradient!.data())]).toEqual([6]);
    tf.dispose([y, gradient!]);
    freeReleasedBuffers(gpu.backend);
    expect([calls.liveBytes, tf.memory().numTensors], backend).toEqual(before);
  }
});
/** Fails if the inner function runs a second time, in the backward pass. */
function gradientOfRecomputed(fail: () => never) {
  let runs = 0;
  const inner = (x: tf.Tensor) => {
    const y = tf.square(tf.tanh(x));
    return ++runs === 2 ? fail() : y;
  };
  return tf.grads((w) => tf.sum(recompute(inner, [tf.square(w)])))([tf.ones([3])]);
}

test('refuses inputs of another size without affecting later runs', async () => {
  const { step } = net();
  const program = compile({ x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } }, step);
  const rate = Float32Array.of(0.1);
  for (let i = 0; i < 4; i++) {
    await expect(program.run({ x: new Float32Array(19 + 2 * (i % 2)), rate })).rejects.toThrow(
      /x has \d+ numbers instead of 20/,
    );
  }
  expect((await program.run({ x: batch(0), rate })).loss[0]).toBeGreaterThan(0);
  program.dispose();
});

test('disposing a program lets steps in flight finish and free their memory, and fails waiting ones', async () => {
  const { step } = net();
  flush(gpu.backend);
  const before = calls.liveBytes;
  const program = compile({ x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } }, step);
  const rate = Float32Array.of(0.1);
  const runs = Array.from({ length: 5 }, (_, n) => program.run({ x: batch(n), rate }));
  program.dispose();
  const ends = await Promise.allSettled(runs);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
  await expect(program.run({ x: batch(0), rate })).rejects.toThrow(/disposed before this run/);
  expect(calls.liveBytes).toBe(before);
});

test('reports more workgroups than the GPU allows as settings that are too large', () => {
  const n = 64 * (gpu.device.limits.maxComputeWorkgroupsPerDimension + 1);
  const act = () => tf.tidy(() => dispatch(descend(n), { w: tf.zeros([1]), g: tf.zeros([1]), rate: tf.zeros([1]) }));
  expect(act).toThrow(
    expect.objectContaining({ code: 'bad-settings', message: expect.stringContaining(`${n / 64} x 1`) as string }),
  );
});

test('refuses a step with a tensor beyond this GPU’s binding limit by its size, and frees everything', async () => {
  const cap = capBindings(gpu.device, 2 ** 20);
  try {
    freeReleasedBuffers(gpu.backend);
    const before = [calls.liveBytes, tf.memory().numTensors];
    const step = ({ x }: { x: tf.Tensor }) => ({ sum: tf.sum(tf.square(tf.tile(x, [600]))) });
    const inputs = (n: number) => ({ x: { shape: [n], dtype: 'float32' as const } });
    expect(() => compile(inputs(500), step)).toThrow(
      expect.objectContaining({ code: 'out-of-memory', message: expect.stringMatching(/1.2 MB.* 1.05 MB/) as string }),
    );
    expect([calls.liveBytes, tf.memory().numTensors]).toEqual(before);
    const program = compile(inputs(400), step); // 0.96 MB
    expect((await program.run({ x: new Float32Array(400).fill(2) })).sum[0]).toBe(960_000);
    program.dispose();
  } finally {
    cap.undo();
  }
});

test('splits an arena at the binding limit', () => {
  const runs = layout([1, 64, 65, 256, 600, 2], 4 * BLOCK);
  expect(runs).toEqual([
    { first: 0, offsets: [0, 64, 128], from: 0, elements: 256 },
    { first: 3, offsets: [0], from: 0, elements: 256 },
    { first: 4, offsets: [0], from: 0, elements: 256 },
    { first: 4, offsets: [0], from: 256, elements: 256 },
    { first: 4, offsets: [0], from: 512, elements: 88 },
    { first: 5, offsets: [0], from: 0, elements: 64 },
  ]);
});

test('every call that waits on a lost device fails', async () => {
  const { step } = net();
  const program = compile({ x: { shape: [4, 5], dtype: 'float32' }, rate: { shape: [1], dtype: 'float32' } }, step);
  const runs = Array.from({ length: 9 }, (_, n) => program.run({ x: batch(n), rate: Float32Array.of(0.1) }));
  gpu.device.destroy();
  const ends = await Promise.allSettled(runs);
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  gpu = await openGpu();
});
