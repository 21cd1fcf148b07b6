import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { stream } from '../base/rng';
import { type Gpu, openGpu } from '../gpu/backend';
import { freeReleasedBuffers } from '../gpu/tfjs';
import { evaluator } from '../evaluate/evaluator';
import { initialValues, network } from '../models/network';
import { loadObjective } from '../objectives';
import { causalBatch } from '../objectives/causal';
import { learningRateAt } from '../optim/schedule';
import { expectClose } from '../../testing/checkOp';
import { collected } from '../../testing/collected';
import { noneSpecial } from '../../testing/noneSpecial';
import { type Calls, capBindings, countCalls } from '../../testing/dawn';
import { HARDWARE, pretend } from '../../testing/pretend';
import { expectOnlyDecay } from '../../testing/unreached';
import { type Learner, learner } from './learner';
import { openOptimizer } from './optimizerState';
import { DEFAULT_RECIPE, type Recipe } from './recipe';
import { stepOn } from './step';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});

const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 20, context: 9 }, vocabulary: 33 } as const;
const recipe: Recipe = { ...DEFAULT_RECIPE, batch: 3, steps: 50, warmup: 5, learningRate: 1e-2 };
const size = recipe.batch * model.config.context;
const tokens = (step: number) => {
  const at = stream(7, 'tokens', step % 4);
  return Int32Array.from({ length: size + 1 }, (_, i) => at(i) % model.vocabulary);
};
/** Batch of each token and the next one. */
const batchOf = (text: Int32Array) => causalBatch(text.subarray(0, -1), text.subarray(1));
const start = (changed: Partial<Recipe> = {}): Promise<Learner> =>
  learner(model, { ...recipe, ...changed }, initialValues(model, 1), () => 0);
async function run(learning: Learner, first: number, last: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = first; step <= last; step++) {
    const { loss } = await learning.step(step, batchOf(tokens(step)));
    losses.push(loss);
  }
  gpu.check();
  return losses;
}
const bits = async (learning: Learner) =>
  [...(await learning.tensors())].map(([name, { data }]) => [name, new Uint32Array(data.buffer.slice(0))]);

async function onCpu(changed: Partial<Recipe>, steps: number): Promise<number[]> {
  await tf.setBackend('cpu');
  const learning = await start(changed);
  const losses = await run(learning, 1, steps);
  learning.dispose();
  await openGpu();
  return losses;
}

test.each(['adamw', 'sgd', 'lion', 'muon'] as const)(
  '50 captured steps with %s equal those on the processor',
  async (optimizer) => {
    const learningRate = { adamw: 1e-2, sgd: 0.1, lion: 3e-3, muon: 1e-2 }[optimizer];
    const want = await onCpu({ optimizer, learningRate }, 50);
    const learning = await start({ optimizer, learningRate });
    const got = await run(learning, 1, 50);
    got.forEach((loss, i) => expect(Math.abs(loss - want[i]!)).toBeLessThan(1e-4));
    expect(got.at(-1)).toBeLessThan(got[0]! - 0.5);
    learning.dispose();
  },
);
test('steps with a real GPU’s kernels equal those on the processor, with the same bits every time', async () => {
  const rows = 60; // 540 tokens, so that sums are long enough to be split
  const at = stream(7, 'rows', 0);
  const text = Int32Array.from({ length: rows * model.config.context + 1 }, (_, i) => at(i) % model.vocabulary);
  const losses = async (): Promise<number[]> => {
    const learning = await start({ batch: rows });
    const all: number[] = [];
    for (let n = 1; n <= 10; n++) all.push((await learning.step(n, batchOf(text))).loss);
    learning.dispose();
    return all;
  };
  await tf.setBackend('cpu');
  const want = await losses();
  await openGpu();
  const pretending = pretend(gpu, HARDWARE);
  try {
    const got = await losses();
    expectClose(got, want, 1e-5, 'losses');
    expect(await losses()).toEqual(got);
  } finally {
    pretending.undo();
  }
  gpu.check();
});
test('the weight average takes one dispatch, and equals that on the processor', async () => {
  const averaging = { emaDecay: 0.9, optimizer: 'sgd', learningRate: 0.1 } as const;
  await tf.setBackend('cpu');
  const onCpu = await start(averaging);
  await run(onCpu, 1, 6);
  const want = await onCpu.weights();
  onCpu.dispose();
  await openGpu();
  const [learning, plain] = [await start(averaging), await start({ ...averaging, emaDecay: 0 })];
  expect(learning.cost.dispatches - plain.cost.dispatches).toBe(1);
  await run(learning, 1, 6);
  for (const [name, { data }] of await learning.weights()) expectClose(data, want.get(name)!.data, 1e-4, name);
  for (const each of [learning, plain]) each.dispose();
});
test('dropout is the same on the GPU as on the processor', async () => {
  const want = await onCpu({ dropout: 0.2 }, 5);
  const learning = await start({ dropout: 0.2 });
  (await run(learning, 1, 5)).forEach((loss, i) => expect(Math.abs(loss - want[i]!)).toBeLessThan(1e-4));
  learning.dispose();
});
test('50 captured steps have the same bits as eager ones', async () => {
  const learning = await start();
  const got = await run(learning, 1, 50);
  const net = await network(model, initialValues(model, 1));
  const optimizer = await openOptimizer('adamw', net.params);
  const { step } = stepOn(net, await loadObjective('causal'), optimizer, recipe);
  const want: number[] = [];
  for (let n = 1; n <= 50; n++) {
    const rates = optimizer.rates(learningRateAt(recipe.schedule, recipe, n), n, recipe);
    const inputs = {
      batch: {
        ids: tf.tensor2d(tokens(n).subarray(0, size), [recipe.batch, model.config.context], 'int32'),
        targets: tf.tensor1d(tokens(n).subarray(1), 'int32'),
      },
      weight: tf.tensor1d([size], 'int32'),
      counter: tf.tensor1d([recipe.seed, n], 'int32'),
      rates: tf.tensor1d(rates),
      keep: tf.tensor1d([0]),
    };
    const { loss, gradientNorm } = step(inputs);
    want.push((await loss.data())[0]!);
    tf.dispose([loss, gradientNorm, { ...inputs }]);
  }
  expect(got).toEqual(want);
  learning.dispose();
});
test('the same seed gives the same bits, also across a stop and a resume', async () => {
  const [one, other] = [await start({ dropout: 0.1 }), await start({ dropout: 0.1 })];
  await run(one, 1, 12);
  await run(other, 1, 5);
  const resumed = await learner(model, { ...recipe, dropout: 0.1 }, await other.tensors(), () => 0);
  await run(resumed, 6, 12);
  expect(await bits(resumed)).toEqual(await bits(one));
  for (const learning of [one, other, resumed]) learning.dispose();
});
test('micro-batches train like one large batch, in one submit each and one to apply', async () => {
  // Uses SGD, because AdamW takes full steps for gradients that are 0 up to rounding, such as the keys' bias.
  const sgd = { optimizer: 'sgd', learningRate: 0.1 } as const;
  const [large, small] = [await start(sgd), await start({ ...sgd, batch: 1, accumulate: 3 })];
  const want = await run(large, 1, 10);
  const got = await run(small, 1, 1);
  calls.reset();
  got.push(...(await run(small, 2, 10)));
  expect(calls).toMatchObject({ submits: 9 * 4, writes: 9 * 4, buffers: 0, bindGroups: 0, pipelines: 0 });
  expectClose(got, want, 1e-5, 'losses');
  const weights = await small.tensors();
  for (const [name, { data }] of await large.tensors()) expectClose(weights.get(name)!.data, data, 1e-5, name);
  for (const learning of [large, small]) learning.dispose();
});
test('masked targets have no weight: unequal micro-batches make the step of one batch', async () => {
  const sgd = { optimizer: 'sgd', learningRate: 0.1 } as const;
  const [large, small] = [await start(sgd), await start({ ...sgd, batch: 1, accumulate: 3 })];
  const inputs = tokens(1).subarray(0, size);
  // The first row has few targets, and the second none.
  const targets = tokens(1)
    .subarray(1)
    .map((id, i) => (i < 7 || (i >= 9 && i < 18) ? -1 : id));
  for (const step of [1, 2]) {
    const batch = causalBatch(inputs, targets);
    const [want, got] = [await large.step(step, batch), await small.step(step, batch)];
    expectClose([got.loss, got.gradientNorm], [want.loss, want.gradientNorm], 1e-5, 'loss and norm');
  }
  const weights = await small.tensors();
  for (const [name, { data }] of await large.tensors()) expectClose(weights.get(name)!.data, data, 1e-5, name);
  for (const learning of [large, small]) learning.dispose();
});
test('a weight without a gradient only decays', async () => {
  const learning = await start();
  for (const accumulate of [1, 2]) await expectOnlyDecay(learning.network, { ...recipe, accumulate });
  gpu.check();
  learning.dispose();
});
test('overlapping steps with micro-batches give the same results as sequential ones', async () => {
  const settings = { batch: 1, accumulate: 3, dropout: 0.1 };
  const [one, other] = [await start(settings), await start(settings)];
  const want = await run(one, 1, 6);
  const steps = [1, 2, 3, 4, 5, 6].map((n) => other.step(n, batchOf(tokens(n))));
  expect((await Promise.all(steps)).map(({ loss }) => loss)).toEqual(want);
  for (const learning of [one, other]) learning.dispose();
});
test('recomputing activations changes no bit, and takes less memory', async () => {
  const deep = { ...model, config: { ...model.config, layers: 8 } };
  const rows = 24;
  const at = stream(7, 'deep', 0);
  const text = Int32Array.from({ length: rows * model.config.context + 1 }, (_, i) => at(i) % model.vocabulary);
  const after = async (again: boolean) => {
    const settings = { ...recipe, batch: rows, dropout: 0.1, recompute: again };
    const learning = await learner(deep, settings, initialValues(deep, 1), () => 0);
    const losses: number[] = [];
    for (let n = 1; n <= 3; n++) losses.push((await learning.step(n, batchOf(text))).loss);
    const result = { losses, bits: await bits(learning) };
    learning.dispose();
    return [result, learning.cost.plannedBytes] as const;
  };
  const [kept, max] = await after(false);
  const [again, bytes] = await after(true);
  expect(again).toEqual(kept);
  expect(bytes).toBeLessThan(0.5 * max);
});
test('an evaluation reuses the program of the previous one', async () => {
  const learning = await start();
  const evaluating = evaluator(learning.network, learning.objective);
  const source = {
    tokens: 100,
    bytes: 100,
    vocabulary: 33,
    read: (from: number, n: number) => Promise.resolve(Uint32Array.from({ length: n }, (_, i) => (from + i) % 33)),
  };
  const settings = { rows: 3, tokens: 54 };
  const first = await evaluating.measure(source, settings, noneSpecial);
  calls.reset();
  expect(await evaluating.measure(source, settings, noneSpecial)).toEqual(first);
  expect(calls).toMatchObject({ submits: 2, buffers: 0, bindGroups: 0, pipelines: 0 });
  await run(learning, 1, 1);
  expect((await evaluating.measure(source, settings, noneSpecial)).loss).toBeLessThan(first.loss);
  const live = calls.liveBytes;
  evaluating.dispose();
  expect(calls.liveBytes).toBeLessThan(live);
  learning.dispose();
});
test.each<[string, Partial<Recipe>]>([
  ['AdamW', {}],
  ['Muon with an average of the weights', { optimizer: 'muon', emaDecay: 0.9 }],
])('%s: 200 steps leak nothing, and disposing frees everything', async (_, change) => {
  const before = { ...calls };
  const learning = await start(change);
  await run(learning, 1, 2);
  const [bytes, tensors] = [calls.liveBytes, tf.memory().numTensors];
  calls.reset();
  await run(learning, 3, 202);
  expect(calls).toMatchObject({ submits: 200, buffers: 0, bindGroups: 0, pipelines: 0, writes: 200 });
  expect([calls.liveBytes, tf.memory().numTensors]).toEqual([bytes, tensors]);
  learning.dispose();
  expect(calls.liveBytes).toBe(before.liveBytes);
});
test.each([{}, { accumulate: 2 }])('a step that does not fit leaks nothing: %o', async (change) => {
  const cap = capBindings(gpu.device, 2 ** 20);
  try {
    freeReleasedBuffers(gpu.backend);
    const before = [calls.liveBytes, tf.memory().numTensors];
    await expect(start({ ...change, batch: 400 })).rejects.toMatchObject({ code: 'out-of-memory' });
    freeReleasedBuffers(gpu.backend);
    expect([calls.liveBytes, tf.memory().numTensors]).toEqual(before);
  } finally {
    cap.undo();
  }
});
test('values are not kept on the host once they are on the device', async () => {
  const given: WeakRef<object>[] = [];
  const begin = () => {
    const values = initialValues(model, 1);
    for (const { data } of values.values()) given.push(new WeakRef(data));
    return learner(model, recipe, values, () => 0);
  };
  const learning = await begin();
  await run(learning, 1, 1);
  expect(await collected(given)).toBe(given.length);
  await run(learning, 2, 2);
  learning.dispose();
});
