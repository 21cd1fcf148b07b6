import { z } from '../base/zod';
import type { NamedTensors } from './tensors';

/**
 * Everything besides tensors that makes a resume exact. Randomness is counter-based, so (seed, step) is all of it.
 * A type, not an interface, so that it is assignable to Json.
 */
export type TrainState = {
  /** Steps done. */
  step: number;
  tokensSeen: number;
  /** Milliseconds of training so far, stops excluded. */
  activeMs: number;
  best: { step: number; loss: number } | null;
  /** SHA-256 of the weights that do not learn, without which what does is nothing; absent where all learn. */
  frozen?: string;
  /** The step at which the optimizer's moments were zero; absent where that was 0. Bias corrections count from there. */
  momentsFrom?: number;
  /** The loss that has to be improved on, and how many evaluations have not; absent where the run does not wait for that. */
  waited?: { loss: number; evaluations: number };
};

/**
 * A model at a step, as far as it learns: weights under their own names, moments as `adam.m.<name>` and so on. Where the run
 * averages its weights, what has their names is the average, and they are `raw.<name>`.
 */
export interface Snapshot {
  state: TrainState;
  tensors: NamedTensors;
}

/** A saved step, the newest, or the one with the lowest validation loss. */
export type WhichSnapshot = 'latest' | 'best' | number;

const count = z.number().int().nonnegative();
export const trainStateSchema: z.ZodType<TrainState> = z.strictObject({
  step: count,
  tokensSeen: count,
  activeMs: z.number().nonnegative(),
  best: z.strictObject({ step: count, loss: z.number() }).nullable(),
  frozen: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
  momentsFrom: count.exactOptional(),
  waited: z.strictObject({ loss: z.number(), evaluations: count }).exactOptional(),
});
