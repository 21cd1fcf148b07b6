import * as tf from '@tensorflow/tfjs';
import { disposingOnFailure } from '../base/disposing';
import { HomegrownError } from '../base/errors';
import { firstNonFinite, type HostTensor, type NamedTensors } from '../checkpoint/tensors';
import { currentGpu } from '../gpu/backend';
import { forgetValues } from '../gpu/tfjs';
import { type Network, network } from '../models/network';
import { loadObjective, type LoadedObjective } from '../objectives';
import { type Held, hold } from '../ops/variables';
import { OPTIMIZERS } from '../optim';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';
import type { Moments } from './step';
import { type Updater, updater } from './updater';

/** A model that learns: weights and moments on the device in use, and compiled updates of them. */
export interface Learner extends Updater {
  network: Network;
  objective: LoadedObjective;
  /** Weights and moments by name, on the host. @throws HomegrownError `diverged` where one is not a finite number */
  tensors(): Promise<NamedTensors>;
  /** The same of weights alone. */
  weights(): Promise<NamedTensors>;
}

/** `values`: weights by name, and moments where the run is resumed. */
export async function learner(
  model: ModelChoice,
  recipe: Recipe,
  values: NamedTensors,
  now: () => number,
): Promise<Learner> {
  const objective = await loadObjective(recipe.objective);
  const net = await network(model, values);
  const { moments, held } = momentsFrom(net, recipe.optimizer, values);
  const needed = [net, ...held];
  const updates = disposingOnFailure(needed, () => updater(net, objective, moments, recipe, now));
  const weights = Object.entries(net.params);
  const slots = OPTIMIZERS[recipe.optimizer].moments.flatMap((prefix, i) =>
    weights.map(([name]) => [`${prefix}.${name}`, moments[name]![i]!] as const),
  );
  return {
    network: net,
    objective,
    get cost() {
      return updates.cost;
    },
    prepare: (report) => updates.prepare(report),
    step: (step, batch) => updates.step(step, batch),
    profile: updates.profile,
    tensors: () => onHost([...weights, ...slots]),
    weights: () => onHost(weights),
    dispose() {
      for (const each of [updates, ...needed]) each.dispose();
    },
  };
}

async function onHost(variables: readonly (readonly [string, tf.Variable])[]): Promise<NamedTensors> {
  const tensors = new Map<string, HostTensor>();
  for (const [name, variable] of variables) {
    tensors.set(name, { shape: variable.shape, data: await ownValues(variable) });
  }
  const bad = firstNonFinite(tensors);
  if (bad !== undefined) throw new HomegrownError('diverged', `${bad} holds numbers that are not finite.`);
  return tensors;
}

/** A tensor's values, which nothing else holds. */
async function ownValues(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  if (!currentGpu()) return new Float32Array(values); // they may be the tensor itself
  forgetValues(tensor); // a copy that TensorFlow.js would keep
  return values;
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
