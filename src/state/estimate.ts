/** What a run will cost, before it starts. */
import type { Recipe } from '../core/train/recipe';
import { countParams, sizeOf, type ModelSpec } from '../core/models/spec';
import type { BaseConfig } from '../core/models/spec';
import type { DeviceInfo } from '../protocol/gpu';

export interface Estimate {
  parameters: number;
  /** Weights by group, in the order of the table. */
  groups: readonly { name: string; parameters: number }[];
  /** Bytes on the device. */
  memory: { weights: number; gradients: number; moments: number; activations: number; total: number };
  tokensPerStep: number;
  /** Of floating point: forward and backward, 6 N + 12 L C T a token (nanoGPT, model.py: estimate_mfu). */
  flopsPerStep: number;
  /** Undefined until the device has been measured. */
  seconds: number | undefined;
}

/** Share of the measured matrix rate that a whole step reaches; the rest is memory traffic and small kernels. */
const EFFICIENCY = { webgpu: 0.4, wasm: 0.5, cpu: 0.5 } as const;

export function estimate<C extends BaseConfig>(
  spec: ModelSpec<C>,
  config: C,
  vocabulary: number,
  recipe: Recipe,
  device: DeviceInfo | undefined,
): Estimate {
  const table = spec.params(config, vocabulary);
  const parameters = countParams(table);
  const groups = new Map<string, number>();
  for (const { group, shape } of Object.values(table)) groups.set(group, (groups.get(group) ?? 0) + sizeOf(shape));

  const weights = 4 * parameters;
  const moments = recipe.optimizer === 'adamw' ? 2 * weights : weights;
  const activations = spec.activationBytes(config, vocabulary, recipe.batch);
  const tokensPerStep = recipe.batch * config.context;
  const flopsPerStep = tokensPerStep * (6 * parameters + 12 * config.layers * config.width * config.context);
  // An evaluation is a forward pass, a third of a step, over its own tokens.
  const evaluations = Math.floor(recipe.steps / recipe.evalEvery) + 2;
  const flops = flopsPerStep * recipe.steps + (evaluations * recipe.evalTokens * flopsPerStep) / (3 * tokensPerStep);
  return {
    parameters,
    groups: [...groups].map(([name, n]) => ({ name, parameters: n })),
    memory: { weights, gradients: weights, moments, activations, total: 2 * weights + moments + activations },
    tokensPerStep,
    flopsPerStep,
    seconds: device && flops / (device.gigaflops * 1e9 * EFFICIENCY[device.kind]),
  };
}
