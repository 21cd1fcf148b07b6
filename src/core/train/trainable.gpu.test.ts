import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adapted } from '../adapters/adapted';
import { type Trainable, merged, partsOf } from '../adapters/trainable';
import type { NamedTensors } from '../checkpoint/tensors';
import { rounded } from '../base/narrowDtype';
import { BLOCK } from '../gpu/arena';
import { type Gpu, openGpu } from '../gpu/backend';
import { bytesOf } from '../gpu/program';
import { network } from '../models/network';
import { type ParamTable, narrowDtypeFor, sizeOf } from '../models/spec';
import { decoder } from '../sample/decoder';
import { expectClose } from '../../testing/checkOp';
import { collected } from '../../testing/collected';
import { type Calls, countCalls } from '../../testing/dawn';
import {
  base,
  begin,
  bitsOf,
  expectOnlyTrainableChange,
  LORA,
  LORA_DROPPING,
  model,
  normOf,
  own,
  recipe,
  run,
  UPPER,
  withAdapter,
} from '../../testing/trainablePart';
import { learner } from './learner';
import type { Recipe } from './recipe';

let gpu: Gpu;
let calls: Calls;
beforeAll(async () => {
  calls = countCalls();
  gpu = await openGpu();
});

/** Bytes of an arena with these tensors. */
const arenaBytes = (table: ParamTable): number =>
  Object.values(table).reduce((sum, { shape }) => sum + 4 * BLOCK * Math.ceil(sizeOf(shape) / BLOCK), 0);

describe.each<[string, Trainable, NamedTensors, number]>([
  // 88 for all weights, minus the backward pass of two layers, of the embedding and of the classifier.
  ['half of a GPT', UPPER, base, 62],
  // A layer has 5 more forward (each pair's product with the input, and the activation) and 8 more backward (three
  // gradients per pair instead of a weight's one). The first layer needs no gradient of its input, nor do table,
  // classifier and first norm.
  ['LoRA', LORA, withAdapter, 136],
])('%s', (_, trainable, before, dispatches) => {
  test('trains as on the processor, and frozen weights keep their bits', async () => {
    await tf.setBackend('cpu');
    const onCpu = await begin(trainable);
    const want = await run(onCpu, 1, 6);
    onCpu.dispose();
    await openGpu();
    const learning = await begin(trainable);
    const got = await run(learning, 1, 6);
    got.forEach((loss, i) => expect(Math.abs(loss - want[i]!)).toBeLessThan(1e-4));
    await expectOnlyTrainableChange(learning, trainable, before);
    gpu.check();
    learning.dispose();
  });
  test('a step is one submit with less memory: only trainable weights have moments and gradients', async () => {
    const measured = async (some: Trainable | undefined) => {
      const learning = await begin(some);
      await run(learning, 1, 2);
      calls.reset();
      await run(learning, 3, 3);
      expect(calls).toMatchObject({ submits: 1, writes: 1, buffers: 0, bindGroups: 0, pipelines: 0 });
      const result = { dispatches: calls.dispatches, cost: learning.cost };
      learning.dispose();
      return result;
    };
    const [part, all] = [await measured(trainable), await measured(undefined)];
    expect([all.dispatches, part.dispatches]).toEqual([88, dispatches]);
    expect(part.cost.plannedBytes).toBeLessThan(0.75 * all.cost.plannedBytes);
    const { added, trainableParams } = partsOf(own, trainable);
    expect(bytesOf(all.cost.variables)).toBe(3 * arenaBytes(own));
    expect(bytesOf(part.cost.variables)).toBe(arenaBytes(own) + arenaBytes(added) + 2 * arenaBytes(trainableParams));
  });
  test('the gradient norm covers trainable weights only', async () => {
    const [learning, full] = [await begin(trainable), await begin(trainable)];
    const { reported, expected } = await normOf(learning, full);
    expect(reported / expected).toBeCloseTo(1, 4);
    for (const each of [learning, full]) each.dispose();
  });
  test('micro-batches train like one batch, and each variable counts once', async () => {
    const sgd = { optimizer: 'sgd', learningRate: 0.1 } as const;
    const [large, small] = [await begin(trainable, sgd), await begin(trainable, { ...sgd, batch: 1, accumulate: 3 })];
    expectClose(await run(small, 1, 4), await run(large, 1, 4), 1e-5, 'losses');
    const weights = await small.tensors();
    for (const [name, { data }] of await large.tensors()) expectClose(weights.get(name)!.data, data, 1e-5, name);
    const { added, trainableParams } = partsOf(own, trainable);
    expect(bytesOf(small.cost.variables)).toBe(arenaBytes(own) + arenaBytes(added) + 2 * arenaBytes(trainableParams));
    for (const each of [large, small]) each.dispose();
  });
  test('gives the same bits, also across a stop and a resume, and with recomputed activations', async () => {
    const dropping = { dropout: 0.1 };
    const [one, other] = [await begin(trainable, dropping), await begin(trainable, { ...dropping, recompute: true })];
    await run(one, 1, 7);
    await run(other, 1, 4);
    const values = new Map([...before, ...(await other.tensors())]);
    const resumed = await learner(model, { ...recipe, ...dropping }, values, () => 0, trainable);
    await run(resumed, 5, 7);
    expect(bitsOf(await resumed.tensors())).toEqual(bitsOf(await one.tensors()));
    for (const each of [one, other, resumed]) each.dispose();
  });
  test('disposing frees everything', async () => {
    const live = calls.liveBytes;
    const learning = await begin(trainable);
    await run(learning, 1, 1);
    learning.dispose();
    expect(calls.liveBytes).toBe(live);
  });
  test('values are not kept on the host once they are on the device', async () => {
    const { network, dispose } = await expectNotKept((values) => begin(trainable, {}, values), before);
    expect(Object.keys(network.params)).toHaveLength(before.size);
    dispose();
  });
});

test('LoRA with dropout trains as on the processor, and with the same bits with recomputed activations', async () => {
  const onBackend = async (change: Partial<Recipe> = {}) => {
    const learning = await begin(LORA_DROPPING, change);
    const losses = await run(learning, 1, 5);
    const result = { losses, bits: bitsOf(await learning.tensors()), dispatches: learning.cost.dispatches };
    learning.dispose();
    return result;
  };
  await tf.setBackend('cpu');
  const want = await onBackend();
  await openGpu();
  const [got, again] = [await onBackend(), await onBackend({ recompute: true })];
  got.losses.forEach((loss, i) => expect(Math.abs(loss - want.losses[i]!)).toBeLessThan(1e-4));
  expect(again.bits).toEqual(got.bits);
  // 16 inputs: dropout forward, and backward dropout again and the pair's product but for the first; four activations.
  expect(got.dispatches).toBe(136 + 3 * 16 - 2 + 4);
});

// One of a layer's four matrices has whole blocks of 32, so with q8 the others are stored in f16.
test.each([
  ['f16', 4],
  ['q8', 1],
] as const)(
  'frozen matrices in %s take fewer bytes, and the step is that of the rounded numbers',
  async (rest, inHalves) => {
    const ways = LORA.adapter!.beside.map((name) => narrowDtypeFor(own[name]!, rest));
    expect(ways.filter((way) => way === 'f16')).toHaveLength(
      rest === 'f16' ? ways.length : (ways.length * (4 - inHalves)) / 4,
    );
    const fewer = await begin({ ...LORA, rest });
    const losses = await run(fewer, 1, 4);
    const spared = LORA.adapter!.beside.reduce((bytes, name, i) => {
      const count = sizeOf(own[name]!.shape);
      return (
        bytes +
        4 *
          (BLOCK * Math.ceil(count / BLOCK) -
            BLOCK * Math.ceil((ways[i] === 'q8' ? (count * 9) / 32 : count / 2) / BLOCK))
      );
    }, 0);
    const { added, trainableParams } = partsOf(own, LORA);
    const all = arenaBytes(own) + arenaBytes(added) + 2 * arenaBytes(trainableParams);
    expect(bytesOf(fewer.cost.variables)).toBe(all - spared);
    const values = new Map(
      [...withAdapter].map(([name, { shape, data }]) => {
        const as = own[name] && narrowDtypeFor(own[name], rest);
        return [name, { shape, data: as ? rounded(data, as) : data }];
      }),
    );
    const whole = await begin(LORA, {}, values);
    expect(await run(whole, 1, 4)).toEqual(losses);
    expect(bitsOf(await fewer.tensors())).toEqual(bitsOf(await whole.tensors()));
    await tf.setBackend('cpu');
    const onCpu = await begin({ ...LORA, rest });
    (await run(onCpu, 1, 4)).forEach((loss, i) => expect(Math.abs(loss - losses[i]!)).toBeLessThan(1e-4));
    onCpu.dispose();
    await openGpu();
    for (const each of [fewer, whole]) each.dispose();
  },
);

test('a network without a learner keeps no values on the host either', async () => {
  const net = await expectNotKept((values) => network(model, values), base);
  expect(Object.keys(net.params)).toHaveLength(base.size);
  net.dispose();
});

/** Returns the result of `make` on a copy of the values, and expects the copy to be freed. */
async function expectNotKept<T>(make: (values: NamedTensors) => Promise<T>, values: NamedTensors): Promise<T> {
  const given: WeakRef<object>[] = [];
  const copied = () => {
    const copies = new Map([...values].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
    for (const { data } of copies.values()) given.push(new WeakRef(data));
    return copies;
  };
  const made = await make(copied());
  expect(await collected(given)).toBe(values.size);
  return made;
}

test('LoRA generates the same tokens as the model with merged weights', async () => {
  const nets = [await adapted(model, withAdapter, LORA), await network(model, merged(own, withAdapter, LORA))];
  const said = await Promise.all(
    nets.map(async (net) => {
      const decoding = decoder(net);
      const first = Float32Array.from(await decoding.next([3, 1, 4]));
      const second = Float32Array.from(await decoding.next([3, 1, 4, 1]));
      decoding.dispose();
      net.dispose();
      return [first, second];
    }),
  );
  said[0]!.forEach((logits, i) => expectClose(logits, said[1]![i]!, 1e-4, `token ${i}`));
  gpu.check();
});
