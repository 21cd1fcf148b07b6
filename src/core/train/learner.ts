import * as tf from '@tensorflow/tfjs';
import { HomegrownError } from '../base/errors';
import { firstNonFinite, type HostTensor, type NamedTensors } from '../checkpoint/tensors';
import { compile, type Cost } from '../gpu/program';
import { type Network, network } from '../models/network';
import { type Held, hold } from '../ops/variables';
import { OPTIMIZERS } from '../optim';
import { learningRateAt } from '../optim/schedule';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';
import { type Moments, stepOn } from './step';

/** A model that learns: weights and moments on the device in use, and one compiled step over them. */
export interface Learner {
  network: Network;
  /** Update `step`, counted from 1. Calls may overlap; the promises settle in order. */
  step(step: number, ids: Int32Array, targets: Int32Array): Promise<{ loss: number; norm: number }>;
  /** What compiling the step took, and what it keeps on the device. */
  cost: Cost;
  /** Weights and moments by name, on the host. @throws HomegrownError `diverged` where one is not a finite number */
  tensors(): Promise<NamedTensors>;
  dispose(): void;
}

/** `values`: weights by name, and moments where the run is resumed. */
export async function learner(
  model: ModelChoice,
  recipe: Recipe,
  values: NamedTensors,
  now: () => number,
): Promise<Learner> {
  const net = await network(model, values);
  const { moments, held } = momentsFrom(net, recipe.optimizer, values);
  const optimizer = OPTIMIZERS[recipe.optimizer];
  const rates = (step: number): Float32Array =>
    Float32Array.from(optimizer.rates(learningRateAt(recipe.schedule, recipe, step), step, recipe));
  const { context } = model.config;
  const program = compile(
    {
      ids: { shape: [recipe.batch, context], dtype: 'int32' },
      targets: { shape: [recipe.batch * context], dtype: 'int32' },
      counter: { shape: [2], dtype: 'int32' },
      rates: { shape: [rates(1).length], dtype: 'float32' },
    },
    stepOn(net, moments, recipe),
    now,
  );
  return {
    network: net,
    cost: program.cost,
    async step(step, ids, targets) {
      const counter = Int32Array.of(recipe.seed, step);
      const { loss, norm } = await program.run({ ids, targets, counter, rates: rates(step) });
      return { loss: loss[0]!, norm: norm[0]! };
    },
    async tensors() {
      const tensors = new Map<string, HostTensor>();
      const read = async (name: string, tensor: tf.Variable): Promise<void> => {
        const data = new Float32Array(await tensor.data<'float32'>());
        tensors.set(name, { shape: tensor.shape, data });
      };
      for (const [name, weight] of Object.entries(net.params)) await read(name, weight);
      for (const [i, prefix] of optimizer.moments.entries()) {
        for (const name of Object.keys(net.params)) await read(`${prefix}.${name}`, moments[name]![i]!);
      }
      const bad = firstNonFinite(tensors);
      if (bad !== undefined) throw new HomegrownError('diverged', `${bad} holds numbers that are not finite.`);
      return tensors;
    },
    dispose() {
      program.dispose();
      net.dispose();
      for (const { dispose } of held) dispose();
    },
  };
}

/** The moments among `values`, or zeros. Each kind lies as the weights do, so that one update can go over all. */
function momentsFrom(
  net: Network,
  optimizer: Recipe['optimizer'],
  values: NamedTensors,
): { moments: Moments; held: readonly Held[] } {
  const weights = Object.entries(net.params);
  const zeros = (shape: number[]): HostTensor => ({ shape, data: new Float32Array(tf.util.sizeFromShape(shape)) });
  const held = OPTIMIZERS[optimizer].moments.map((prefix) =>
    hold(weights.map(([name, { shape }]) => values.get(`${prefix}.${name}`) ?? zeros(shape))),
  );
  const moments = weights.map(([name], i) => [name, held.map(({ variables }) => variables[i]!)] as const);
  return { moments: Object.fromEntries(moments), held };
}
