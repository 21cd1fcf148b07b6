import { z } from '../base/zod';
import type { NamedTensors } from './tensors';

/**
 * Everything besides tensors that an exact resume needs. Random numbers are counter-based, so they need only (seed,
 * step). A type, not an interface, so that it is assignable to Json.
 */
export type TrainState = {
  /** Steps done. */
  step: number;
  tokensSeen: number;
  /** Training time so far in milliseconds, without pauses. */
  activeMs: number;
  best: { step: number; loss: number } | null;
  /** SHA-256 of the frozen weights, which the trained ones depend on; absent if all weights are trainable. */
  frozen?: string;
  /** Step at which the optimizer's moments were zero, where bias corrections begin; absent if 0. */
  momentsFrom?: number;
  /** Early stopping: loss to improve on, and evaluations without improvement; absent if disabled. */
  waited?: { loss: number; evaluations: number };
};

/**
 * Trainable state of a model at a step: weights under their own names, moments as `adam.m.<name>` and so on. If the run
 * averages weights, those names hold the average, and `raw.<name>` holds the weights.
 */
export interface Snapshot {
  state: TrainState;
  tensors: NamedTensors;
}

/** A saved step by number, the newest, or the one with the lowest validation loss. */
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
