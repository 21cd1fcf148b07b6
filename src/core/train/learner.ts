import * as tf from '@tensorflow/tfjs';
import { adapted } from '../adapters/adapted';
import type { Trainable } from '../adapters/trainable';
import { disposingOnFailure } from '../base/disposing';
import { HomegrownError } from '../base/errors';
import { firstNonFinite, type HostTensor, type NamedTensors } from '../checkpoint/tensors';
import { currentGpu } from '../gpu/backend';
import { forgetValues } from '../gpu/tfjs';
import type { Network } from '../models/network';
import { loadObjective, type LoadedObjective } from '../objectives';
import { isAveraged, rawName, rawOf } from './averaging';
import { openOptimizer } from './optimizerState';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';
import { type Updater, updater } from './updater';

/** A fully or partly trainable model: weights and moments on the current device, and their compiled updates. */
export interface Learner extends Updater {
  /** Network with the averaged weights, if the recipe averages them. */
  network: Network;
  objective: LoadedObjective;
  /** Trainable weights and optimizer state, on the host. @throws HomegrownError `diverged` if a value isn't finite */
  tensors(): Promise<NamedTensors>;
  /** Trainable weights alone, likewise. */
  weights(): Promise<NamedTensors>;
}

/**
 * Opens a model for training on the current device.
 * @param values weights by name, including an adapter's; for a resumed run also its optimizer state and raw weights
 * @param momentsFrom step at which the optimizer state was zero
 */
export async function learner(
  model: ModelChoice,
  recipe: Recipe,
  values: NamedTensors,
  now: () => number,
  trainable?: Trainable,
  momentsFrom?: number,
): Promise<Learner> {
  const objective = await loadObjective(recipe.objective, recipe, model);
  const rawNetwork = await adapted(model, rawOf(values), trainable);
  const averagedNetwork = isAveraged(recipe) ? await adapted(model, values, trainable) : null;
  const optimizer = await openOptimizer(recipe.optimizer, rawNetwork.trainableParams, values);
  const disposables = [rawNetwork, optimizer, ...(averagedNetwork ? [averagedNetwork] : [])];
  const network = averagedNetwork ?? rawNetwork;
  const names = Object.keys(rawNetwork.trainableParams);
  const weights = names.map((name) => [name, network.params[name]!] as const);
  const rawWeights = averagedNetwork ? names.map((name) => [rawName(name), rawNetwork.params[name]!] as const) : [];
  const averages = averagedNetwork ? weights.map(([, variable]) => variable) : undefined;
  const compiled = disposingOnFailure(disposables, () =>
    updater(rawNetwork, objective, optimizer, recipe, now, momentsFrom, averages),
  );
  return {
    network,
    objective,
    get cost() {
      return compiled.cost;
    },
    prepare: (report) => compiled.prepare(report),
    step: (step, batch) => compiled.step(step, batch),
    profile: compiled.profile,
    tensors: () => onHost([...weights, ...optimizer.named, ...rawWeights]),
    weights: () => onHost(weights),
    dispose() {
      for (const disposable of [compiled, ...disposables]) disposable.dispose();
    },
  };
}

async function onHost(variables: readonly (readonly [string, tf.Variable])[]): Promise<NamedTensors> {
  const tensors = new Map<string, HostTensor>();
  for (const [name, variable] of variables) {
    tensors.set(name, { shape: variable.shape, data: await copyValues(variable) });
  }
  const nonFinite = firstNonFinite(tensors);
  if (nonFinite !== undefined)
    throw new HomegrownError('diverged', `${nonFinite} contains numbers that are not finite.`);
  return tensors;
}

/** Copies a tensor's values, so that the caller owns them. */
async function copyValues(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  if (!currentGpu()) return new Float32Array(values); // the values may be the tensor's own memory
  forgetValues(tensor); // TensorFlow.js would keep a copy
  return values;
}
