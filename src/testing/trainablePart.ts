/** A partly trainable GPT: its upper half, or LoRA on all of it. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Trainable, linearWeights, partsOf } from '../core/adapters/trainable';
import { stream } from '../core/base/rng';
import type { HostTensor, NamedTensors } from '../core/checkpoint/tensors';
import { modelSpec } from '../core/models';
import { drawn, initialValues } from '../core/models/network';
import { causalBatch } from '../core/objectives/causal';
import { type Learner, learner } from '../core/train/learner';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';

export const model = { id: 'gpt', config: { layers: 4, heads: 2, width: 16, context: 9 }, vocabulary: 33 } as const;
export const own = modelSpec(model.id).params(model.config, model.vocabulary);

/** The last two of four layers, and the norm after them. */
export const UPPER: Trainable = { weights: Object.keys(own).filter((name) => /\.h\.[23]\.|ln_f/.test(name)) };
export const LORA: Trainable = {
  weights: [],
  adapter: {
    id: 'lora',
    settings: { rank: 3, alpha: 6, dropout: 0, rankStabilised: false },
    beside: linearWeights(own),
  },
};

/** LoRA with dropout and a higher scale. */
export const LORA_DROPPING: Trainable = {
  weights: [],
  adapter: { ...LORA.adapter!, settings: { rank: 3, alpha: 4, dropout: 0.2, rankStabilised: true } },
};

export const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  batch: 3,
  steps: 50,
  warmup: 2,
  learningRate: 1e-2,
  evalEvery: 50,
  saveEvery: 50,
};

/** Weights like an earlier run's result, and LoRA's, whose second matrices aren't 0. */
export const base: NamedTensors = initialValues(model, 5);
export const withAdapter: NamedTensors = new Map([
  ...base,
  ...drawn(
    Object.fromEntries(
      Object.entries(partsOf(own, LORA).added).map(([name, parameter]) => [name, { ...parameter, init: { std: 0.1 } }]),
    ),
    6,
  ),
]);

export const begin = (trainable: Trainable | undefined, change: Partial<Recipe> = {}, values?: NamedTensors) =>
  learner(model, { ...recipe, ...change }, values ?? (trainable?.adapter ? withAdapter : base), () => 0, trainable);

export function batchOf(step: number, rows: number = recipe.batch) {
  const size = rows * model.config.context;
  const at = stream(7, 'tokens', step % 4);
  const text = Int32Array.from({ length: size + 1 }, (_, i) => at(i) % model.vocabulary);
  return causalBatch(text.subarray(0, -1), text.subarray(1));
}

export async function run(learning: Learner, first: number, last: number, rows?: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = first; step <= last; step++) losses.push((await learning.step(step, batchOf(step, rows))).loss);
  return losses;
}

/** All weights, including frozen ones. */
export async function weightsOf({ network: { params } }: Learner): Promise<NamedTensors> {
  const all = new Map<string, HostTensor>();
  for (const [name, variable] of Object.entries(params)) {
    all.set(name, { shape: variable.shape, data: Float32Array.from(await variable.data<'float32'>()) });
  }
  return all;
}
export const bitsOf = (tensors: NamedTensors) =>
  [...tensors].map(([name, { data }]) => [name, new Uint32Array(Float32Array.from(data).buffer)] as const);

/** Frozen weights keep their bits, trainable ones change, and a save has the trainable ones with their moments. */
export async function expectOnlyTrainableChange(
  learning: Learner,
  trainable: Trainable,
  before: NamedTensors,
): Promise<void> {
  const names = Object.keys(partsOf(own, trainable).trainableParams);
  for (const [name, { data }] of await weightsOf(learning)) {
    if (names.includes(name)) expect(data, name).not.toEqual(before.get(name)!.data);
    else expect(data, name).toEqual(before.get(name)!.data);
  }
  const moments = ['adam.m', 'adam.v'].flatMap((kind) => names.map((name) => `${kind}.${name}`));
  expect([...(await learning.tensors()).keys()]).toEqual([...names, ...moments]);
  expect([...(await learning.weights()).keys()]).toEqual(names);
}

/** Gradients of the first step, for trainable weights only; their norm equals the reported one. */
export async function normOf(learning: Learner, full: Learner): Promise<{ reported: number; expected: number }> {
  const { gradientNorm: reported } = await learning.step(1, batchOf(1));
  const names = Object.keys(learning.network.trainableParams);
  const { arrays, weight } = batchOf(1);
  const squares = tf.tidy(() => {
    const inputs = {
      ids: tf.tensor2d(arrays['ids'], [recipe.batch, model.config.context], 'int32'),
      targets: tf.tensor1d(arrays['targets'], 'int32'),
    };
    const variables = names.map((name) => full.network.params[name]!);
    const { grads } = tf.variableGrads(
      () => full.objective.loss(full.network, inputs, tf.tensor1d([weight], 'int32')),
      variables,
    );
    return tf.stack(variables.map(({ name }) => tf.sum(tf.square(grads[name]!))));
  });
  const expected = Math.sqrt((await squares.data<'float32'>()).reduce((sum, value) => sum + value, 0));
  squares.dispose();
  return { reported, expected };
}
