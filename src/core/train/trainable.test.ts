import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adapted } from '../adapters/adapted';
import { type Trainable, merged, partsOf } from '../adapters/trainable';
import type { NamedTensors } from '../checkpoint/tensors';
import { modelSpec } from '../models';
import { drawn, network } from '../models/network';
import { countParams } from '../models/spec';
import { expectClose } from '../../testing/checkOp';
import { centralDifference } from '../../testing/finiteDifferences';
import { tokenSource } from '../../testing/tokenSource';
import {
  base,
  batchOf,
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
  weightsOf,
  withAdapter,
} from '../../testing/trainablePart';
import { useSingleThreadWasm } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { memoryPlan } from './memory';
import type { Recipe } from './recipe';
import type { Snapshot } from './run';
import { train } from './train';
import { flopsPerStep, flopsPerToken } from './work';

beforeAll(useSingleThreadWasm);

const PARTS: [string, Trainable, NamedTensors, products: number][] = [
  ['half of a GPT', UPPER, base, 42],
  ['LoRA', LORA, withAdapter, 128],
];

describe.each(PARTS)('%s', (_, trainable, before, products) => {
  test.each<[string, Partial<Recipe>]>([
    ['whole batches', {}],
    ['micro-batches', { batch: 1, accumulate: 3 }],
    ['activations computed again, and dropout', { recompute: true, dropout: 0.1 }],
  ])('trains, and frozen weights keep their bits, have no moments and are not saved: %s', async (_, change) => {
    const learning = await begin(trainable, change);
    const losses = await run(learning, 1, 5);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    await expectOnlyTrainableChange(learning, trainable, before);
    learning.dispose();
  });
  test('leaks no tensors, and computes no matrix products for gradients of frozen weights', async () => {
    // TensorFlow.js's profile reports all kernels but attention's, because they are its own.
    await tf.setBackend('cpu');
    const tensors = tf.memory().numTensors;
    const count = async (some: Trainable | undefined): Promise<number> => {
      const learning = await begin(some);
      let step: Promise<unknown> | undefined;
      const { kernels } = await tf.profile(() => void (step = learning.step(1, batchOf(1))));
      await step;
      learning.dispose();
      return kernels.filter(({ name }) => name === 'BatchMatMul').length;
    };
    expect([await count(undefined), await count(trainable)]).toEqual([67, products]);
    expect(tf.memory().numTensors).toBe(tensors);
    await tf.setBackend('wasm');
  });
  test('the gradient norm covers trainable weights only', async () => {
    const [learning, full] = [await begin(trainable), await begin(trainable)];
    const { reported, expected } = await normOf(learning, full);
    expect(reported / expected).toBeCloseTo(1, 5);
    for (const each of [learning, full]) each.dispose();
  });
  test('recomputing activations changes no bit', async () => {
    const after = async (recompute: boolean) => {
      const learning = await begin(trainable, { recompute, dropout: 0.1 });
      const losses = await run(learning, 1, 3);
      const bits = bitsOf(await learning.tensors());
      learning.dispose();
      return { losses, bits };
    };
    expect(await after(true)).toEqual(await after(false));
  });
  test('memory plan and operations count gradients and moments of trainable weights only', () => {
    const plan = (some?: Trainable) => memoryPlan(modelSpec('gpt'), model.config, model.vocabulary, recipe, some);
    const { trainableParams, added } = partsOf(own, trainable);
    const [all, part] = [plan(), plan(trainable)];
    expect(part.weights).toBe(all.weights + 4 * countParams(added));
    expect([part.gradients, part.moments]).toEqual([
      4 * countParams(trainableParams),
      8 * countParams(trainableParams),
    ]);
    expect(part.total).toBeLessThan(all.total);
    expect(part.total).toBe(part.weights + part.gradients + part.moments + part.activations + part.logits);
    expect(flopsPerToken(model, trainable)).toBeLessThan(flopsPerToken(model));
    expect(flopsPerStep(model, recipe, trainable)).toBe(27 * flopsPerToken(model, trainable));
  });
});

test('the trainable half makes the same step as in full fine-tuning, to the bit', async () => {
  const sgd = { optimizer: 'sgd', learningRate: 0.1, clip: 0 } as const;
  const [part, whole] = [await begin(UPPER, sgd), await begin(undefined, sgd)];
  expect(await run(part, 1, 1)).toEqual(await run(whole, 1, 1));
  const want = await weightsOf(whole);
  for (const [name, { data }] of await part.weights()) expect(data, name).toEqual(want.get(name)!.data);
  for (const each of [part, whole]) each.dispose();
});

describe('LoRA', () => {
  const ids = () => tf.tensor2d(batchOf(1).arrays.ids, [recipe.batch, model.config.context], 'int32');
  const hidden = async (values: NamedTensors, trainable?: Trainable): Promise<Float32Array> => {
    const net = trainable ? await adapted(model, values, trainable) : await network(model, values);
    const read = tf.tidy(() => net.forward(ids()).hidden.dataSync<'float32'>().slice());
    net.dispose();
    return read;
  };
  test('has the output of the model with merged weights, and initially that of the base model', async () => {
    expectClose(await hidden(merged(own, withAdapter, LORA)), await hidden(withAdapter, LORA), 1e-5, 'merged');
    const [plain, trained] = [await hidden(base), await hidden(withAdapter, LORA)];
    expect(Math.max(...plain.map((x, i) => Math.abs(x - trained[i]!)))).toBeGreaterThan(0.1);
    expect(await hidden(new Map([...base, ...drawn(partsOf(own, LORA).added, 1)]), LORA)).toEqual(plain);
  });
  test('can’t be trained with f16 matrices whose values exceed f16', async () => {
    const name = LORA.adapter!.beside[0]!;
    const { shape, data } = base.get(name)!;
    const large = new Map([...withAdapter, [name, { shape, data: data.map((x, i) => (i === 5 ? -7e4 : x)) }]]);
    await expect(begin({ ...LORA, rest: 'f16' }, {}, large)).rejects.toMatchObject({
      code: 'bad-settings',
      message: `${name} contains -7.00e+4, but the maximum of f16 is 65,504.`,
    });
  });
  test('gradients match numerical slopes of the loss', async () => {
    await tf.setBackend('cpu');
    const net = await adapted(model, withAdapter, LORA);
    const learning = await begin(LORA);
    const inputs = { ids: ids(), targets: tf.tensor1d(batchOf(1).arrays.targets, 'int32') };
    const weight = tf.tensor1d([batchOf(1).weight], 'int32');
    const loss = () => learning.objective.loss(net, inputs, weight);
    const names = Object.keys(net.trainableParams);
    const { grads, value } = tf.variableGrads(
      loss,
      names.map((name) => net.params[name]!),
    );
    for (const name of names.filter((_, i) => i % 5 === 0)) {
      const variable = net.params[name]!;
      const values = variable.dataSync<'float32'>().slice();
      const got = grads[variable.name]!.dataSync<'float32'>();
      // Steps along the gradient, where the loss changes the most.
      const length = Math.hypot(...got);
      const slope = centralDifference((h) => {
        const moved = values.map((x, i) => x + (h * got[i]!) / length);
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
        return tf.tidy(() => loss().dataSync<'float32'>()[0]!);
      }, 0.02);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      expect(slope / length, name).toBeCloseTo(1, 2);
    }
    tf.dispose([grads, value, inputs, weight]);
    for (const each of [learning, net]) each.dispose();
    await useSingleThreadWasm();
  });
});

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
describe('a run', () => {
  const text = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20));
  const choice = { ...model, vocabulary: tokenizer.size };
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  const names = Object.keys(own);

  async function watch(
    trainable: Trainable | undefined,
    { from, given, stopAt }: { from?: Snapshot; given?: NamedTensors; stopAt?: number } = {},
  ): Promise<{ losses: number[]; last: Snapshot }> {
    const losses: number[] = [];
    const stop = new AbortController();
    let last: Snapshot | undefined;
    await train(
      {
        model: choice,
        recipe: { ...recipe, steps: 6, evalEvery: 6, evalTokens: 90, dropout: 0.1, samplePrompt: 'T' },
        tokenizer,
        train: part(text.subarray(0, 1200)),
        validation: part(text.subarray(1200)),
        ...(trainable && { trainable }),
        ...(given && { base: given }),
        ...(from && { from }),
        save(snapshot) {
          last = structuredClone(snapshot);
          return Promise.resolve({ bytes: 0 });
        },
        now: () => 0,
      },
      {
        signal: stop.signal,
        report(event) {
          if (event.kind !== 'step') return;
          losses.push(event.loss);
          if (event.step === stopAt) stop.abort();
        },
      },
    );
    return { losses, last: last! };
  }
  let first: Awaited<ReturnType<typeof watch>>;
  let given: NamedTensors;
  beforeAll(async () => {
    first = await watch(undefined, { stopAt: 3 });
    given = new Map([...first.last.tensors].filter(([name]) => names.includes(name)));
  });

  test.each<[string, Trainable]>([
    ['half of a GPT', UPPER],
    ['LoRA', LORA],
    ['LoRA that drops', LORA_DROPPING],
  ])('of %s, resumed, has the same bits as an uninterrupted run', async (_, trainable) => {
    const whole = await watch(trainable, { given });
    expect([...whole.last.tensors.keys()].length).toBe(3 * Object.keys(partsOf(own, trainable).trainableParams).length);
    expect(whole.last.state.frozen).toMatch(/^[0-9a-f]{64}$/);
    const before = await watch(trainable, { given, stopAt: 3 });
    const after = await watch(trainable, { given, from: before.last });
    expect([...before.losses, ...after.losses]).toEqual(whole.losses);
    expect(after.last).toEqual(whole.last);
    await expect(watch(trainable, { from: before.last })).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(
        /^Step \d was trained with frozen weights that hash to \w{12}…, but would/,
      ) as string,
    });
    await expect(watch(undefined, { given, from: before.last })).rejects.toMatchObject({ code: 'bad-settings' });
  });
  test('starts from given weights, and trains all of them by default', async () => {
    const { losses, last } = await watch(undefined, { given, stopAt: 1 });
    expect(losses[0]).toBeLessThan(first.losses[0]! - 0.01);
    expect(last.state).not.toHaveProperty('frozen');
    expect([...last.tensors.keys()]).toEqual([...first.last.tensors.keys()]);
  });
  test.each<[string, Trainable]>([
    ['This model has no weight called transformer.h.9.', { weights: ['transformer.h.9'] }],
    ['No parameter is trainable.', { weights: [] }],
    [
      "LoRA needs linear layers as target modules, and transformer.wte.weight isn't one.",
      { weights: [], adapter: { ...LORA.adapter!, beside: ['transformer.wte.weight'] } },
    ],
    [
      'LoRA: Rank must be a whole number from 1 to 1024, not 0.',
      { weights: [], adapter: { ...LORA.adapter!, settings: { ...LORA.adapter!.settings, rank: 0 } } },
    ],
    [
      'LoRA: LoRA dropout must be a number from 0 to 0.9, not 1.',
      { weights: [], adapter: { ...LORA.adapter!, settings: { ...LORA.adapter!.settings, dropout: 1 } } },
    ],
  ])('does not start: %s', async (message, trainable) => {
    await expect(watch(trainable)).rejects.toMatchObject({ code: 'bad-settings', message });
  });
});
