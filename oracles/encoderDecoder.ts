/** Steps and answers of an encoder-decoder, for ours.ts: on given rows, independent of any objective. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../src/core/models/network';
import { type LoadedObjective, loadObjective } from '../src/core/objectives';
import type { Batch } from '../src/core/objectives/batch';
import { softmaxCrossEntropy } from '../src/core/ops/softmaxCrossEntropy';
import { decoder } from '../src/core/sample/decoder';
import type { Rows } from '../src/testing/passes';
import { openOptimizer } from '../src/core/train/optimizerState';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import { updater } from '../src/core/train/updater';

type GivenRows = Required<Rows>;

/** A step for each of these, at one rate. */
export interface Updates {
  updates: readonly GivenRows[];
  rate: number;
}

/** The loss before each update: AdamW at one rate, of a batch each. */
export async function lossesBeforeUpdates(net: Network, { updates: batches, rate }: Updates): Promise<number[]> {
  const like = batches[0]!;
  const recipe = {
    ...{ ...DEFAULT_RECIPE, batch: like.ids.length, learningRate: rate, weightDecay: 0.1, clip: 1 },
    ...{
      warmup: 0,
      schedule: 'constant' as const,
      optimizer: 'adamw' as const,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
    },
  };
  const int32 = (...shape: number[]) => ({ shape, dtype: 'int32' as const });
  const objective: LoadedObjective = {
    ...(await loadObjective('causal')),
    inputs: (rows) => ({
      ids: int32(rows, like.ids[0]!.length),
      lengths: int32(rows),
      source: int32(rows, like.source.ids[0]!.length),
      sourceLengths: int32(rows),
      targets: int32(like.targets.flat().length),
    }),
    loss(network, { ids, lengths, source, sourceLengths, targets }, weight, context = { dropout: 0 }) {
      const output = network.forward(
        ids as Tensor2D,
        { ...context, lengths: lengths as Tensor1D },
        { ids: source as Tensor2D, lengths: sourceLengths as Tensor1D },
      );
      return softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D);
    },
  };
  const optimizer = await openOptimizer(recipe.optimizer, net.params);
  const updates = updater(net, objective, optimizer, recipe, () => 0);
  const losses: number[] = [];
  for (const [at, given] of batches.entries()) losses.push((await updates.step(at + 1, batchOf(given))).loss);
  for (const each of [updates, optimizer]) each.dispose();
  return losses;
}

function batchOf({ ids, lengths, targets, source }: GivenRows): Batch {
  const array = (values: readonly number[]): Int32Array => Int32Array.from(values);
  return {
    arrays: {
      ids: array(ids.flat()),
      lengths: array(lengths),
      source: array(source.ids.flat()),
      sourceLengths: array(source.lengths),
      targets: array(targets.flat()),
    },
    weight: targets.flat().filter((target) => target >= 0).length,
  };
}

export interface Likeliest {
  /** Ids of the text. */
  answered: readonly number[];
  start: number;
  /** Tokens that an answer may not have. */
  not: readonly number[];
}
/** The 20 likeliest tokens, one after the other. */
export async function likeliest(net: Network, { answered, start, not }: Likeliest): Promise<number[]> {
  const decoding = decoder(net, answered);
  const written = [start];
  while (written.length <= 20) {
    const scores = await decoding.next(written);
    for (const id of not) scores[id] = -Infinity;
    written.push(scores.indexOf(Math.max(...scores)));
  }
  decoding.dispose();
  return written.slice(1);
}
