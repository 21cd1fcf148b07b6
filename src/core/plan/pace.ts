/** Estimates the time of a run from the measured rate of a device, before any step is timed. */
import { type BaseConfig, countParams, type ModelSpec } from '../models/spec';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { flopsPerUpdate } from '../train/work';
import type { DeviceKind } from '../train/run';
import { evaluationsBetween } from '../train/evaluations';

export interface PlanDevice {
  kind: DeviceKind;
  /** Rate of f32 matrix products as in training, in 10^9 operations per second. */
  gigaflops: number;
  /** Measured time of steps on this device, as a multiple of the expected time; absent: 1. */
  slowness?: number;
}

/** Times of a run's parts, in seconds. */
export interface Pace {
  /** Time before the first step, including the evaluation and the save of step 0. */
  start: number;
  step: number;
  evaluation: number;
  save: number;
}

/** Share of the measured rate that a step reaches, and its overhead in seconds, per layer and per step. */
const EFFICIENCY = {
  webgpu: { share: 0.6, layer: 0.0005, step: 0.001 },
  wasm: { share: 0.6, layer: 0.001, step: 0.002 },
  cpu: { share: 0.5, layer: 0.002, step: 0.004 },
} as const satisfies Record<DeviceKind, { share: number; layer: number; step: number }>;

/** Compute of a model and its optimizer. */
export interface Cost {
  layers: number;
  parameters: number;
  /** Parameters in the layers' matrices. */
  ofLayers: number;
  /** Floating-point operations per token: of a forward pass, and of a step. */
  forward: number;
  step: number;
  /** Floating-point operations of the optimizer per update, independent of the batch. */
  update: number;
}

export function costOf<C extends BaseConfig>(
  spec: ModelSpec<C>,
  config: C,
  vocabulary: number,
  optimizer: Recipe['optimizer'] = DEFAULT_RECIPE.optimizer,
): Cost {
  const forward = spec.flops(config, vocabulary);
  const table = spec.params(config, vocabulary);
  const ofLayers = countParams(Object.fromEntries(Object.entries(table).filter(([, { linear }]) => linear)));
  const update = flopsPerUpdate(table, optimizer);
  return { layers: config.layers, parameters: countParams(table), ofLayers, forward, step: 3 * forward, update };
}

type PaceSettings = Pick<Recipe, 'batch' | 'accumulate' | 'recompute' | 'evalTokens'>;

/** @param context tokens per row */
export function expectedPace(cost: Cost, context: number, recipe: PaceSettings, device: PlanDevice): Pace {
  const { batch, accumulate, recompute, evalTokens } = recipe;
  const { slowness = 1 } = device;
  const { rate, passSeconds } = ratesOf(cost, device);
  const flopsPerToken = cost.step + (recompute ? cost.forward : 0);
  const flops = batch * accumulate * context * flopsPerToken + cost.update;
  const step = slowness * (flops / rate + accumulate * passSeconds);
  const batches = Math.ceil(evalTokens / (batch * context));
  // Each token of the sample takes one pass.
  const evaluation =
    forwardSeconds(cost, device, evalTokens, batches) + forwardSeconds(cost, device, SAMPLE_TOKENS, SAMPLE_TOKENS);
  const save = (SAVED_BYTES_PER_WEIGHT * cost.parameters) / WRITE_RATE;
  return { start: evaluation + save, step, evaluation, save };
}
/** Seconds of forward passes. @param tokens total of all passes */
export function forwardSeconds(cost: Cost, device: PlanDevice, tokens: number, passes: number): number {
  const { rate, passSeconds } = ratesOf(cost, device);
  return (device.slowness ?? 1) * ((tokens * cost.forward) / rate + (passes * passSeconds) / 3);
}

/** Floating-point operations per second, and overhead of each pass of a step in seconds. */
function ratesOf({ layers }: Cost, { kind, gigaflops }: PlanDevice): { rate: number; passSeconds: number } {
  const { share, layer, step } = EFFICIENCY[kind];
  return { rate: gigaflops * 1e9 * share, passSeconds: step + layer * layers };
}
/** Tokens of a sample. */
const SAMPLE_TOKENS = 80;
/** Saved bytes per weight, including its two moments. */
const SAVED_BYTES_PER_WEIGHT = 12;
/** Bytes per second of a save, including reading back and hashing. */
const WRITE_RATE = 60e6;

/** Seconds of a whole run. */
export function secondsOf(pace: Pace, recipe: Recipe): number {
  const evaluations = evaluationsBetween(recipe, 0, recipe.steps);
  const saves = Math.floor((recipe.steps - 1) / recipe.saveEvery) + 1;
  return pace.start + recipe.steps * pace.step + evaluations * pace.evaluation + saves * pace.save;
}
