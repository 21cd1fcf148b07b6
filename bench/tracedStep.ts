import * as tf from '@tensorflow/tfjs';
import { adapted } from '../src/core/adapters/adapted';
import { partsOf } from '../src/core/adapters/trainable';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { type Gpu, MAX_DISPATCH_MS, openGpu } from '../src/core/gpu/backend';
import { type Command, trace } from '../src/core/gpu/capture';
import type { Work } from '../src/core/gpu/cost';
import { limitDispatches } from '../src/core/gpu/dispatch';
import { sizeOf } from '../src/core/models/spec';
import { loadObjective } from '../src/core/objectives';
import { type OptimizerId, optimizerOf, stateName, stateOf } from '../src/core/optim';
import { limit } from '../src/testing/dawn';
import { pretend } from '../src/testing/pretend';
import { withoutMemory } from '../src/testing/withoutMemory';
import { openOptimizer } from '../src/core/train/optimizerState';
import { stepOn } from '../src/core/train/step';
import { modelOf, paramsOf, recipeOf, type Shape, trainableOf } from './step';

export interface Dispatched extends Work {
  kernel: string;
}

/** A GPU with subgroups of 32 and bindings of 4 GB. */
const USUAL = { software: false, lanes: 32, minLanes: 32 } as const;

/** Dispatches of a training step on a typical GPU, without copies, which a plan lacks. */
export const tracedStep = (shape: Shape): Promise<Dispatched[]> =>
  withTrace(shape, (commands) =>
    commands.flatMap((command) =>
      command.kind === 'dispatch' ? [{ kernel: command.pipeline.label || 'stock', ...command.work }] : [],
    ),
  );

/** Optimizer state that shares memory with the weights. */
export const momentsLike = (optimizer: OptimizerId, weights: NamedTensors): NamedTensors =>
  new Map(
    stateOf(optimizerOf(optimizer), weights)
      .flat()
      .map((spec) => [stateName(spec), weights.get(spec.weight)!]),
  );

/**
 * Reads the commands of a training step on a typical GPU, with the default tilings of products, without running them or
 * taking memory. `longestMs`: maximum expected time of a dispatch.
 */
export async function withTrace<T>(
  shape: Shape,
  read: (commands: readonly Command[], gpu: Gpu) => T,
  longestMs = MAX_DISPATCH_MS,
): Promise<T> {
  const gpu = await openGpu();
  const pretending = pretend(gpu, USUAL);
  const limited = limit(gpu.device, 'maxStorageBufferBindingSize', 2 ** 32 - 4);
  limitDispatches(gpu.backend, longestMs);
  const [{ batch, context }, model] = [shape, modelOf(shape)];
  const trainable = trainableOf(shape);
  const { own, added, trainableParams } = partsOf(paramsOf(shape), trainable);
  const table = Object.entries({ ...own, ...added });
  const all = new Float32Array(Math.max(...table.map(([, { shape }]) => sizeOf(shape))));
  const zeros = new Map(table.map(([name, { shape }]) => [name, { shape, data: all.subarray(0, sizeOf(shape)) }]));
  const recipe = recipeOf(shape);
  try {
    return await withoutMemory(async () => {
      const objective = await loadObjective(recipe.objective, recipe);
      const net = await adapted(model, zeros, trainable);
      const learning = new Map([...zeros].filter(([name]) => Object.hasOwn(trainableParams, name)));
      const moments = momentsLike(recipe.optimizer, learning);
      const optimizer = await openOptimizer(recipe.optimizer, net.trainableParams, moments);
      const { step } = stepOn(net, objective, optimizer, recipe);
      const { commands } = trace(() =>
        tf.tidy(() => {
          const specs = Object.entries(objective.inputs(batch, context));
          step({
            batch: Object.fromEntries(specs.map(([name, { shape, dtype }]) => [name, tf.zeros([...shape], dtype)])),
            weight: tf.tensor1d([batch * context], 'int32'),
            counter: tf.zeros([2], 'int32'),
            rates: tf.tensor1d(optimizer.rates(1e-3, 1, recipe)),
            keep: tf.zeros([1]),
          });
        }),
      );
      for (const each of [net, optimizer]) each.dispose();
      return read(commands, gpu);
    });
  } finally {
    limited.undo();
    pretending.undo();
  }
}
