/** An optimizer with its state for each weight, on the current device. */
import type { Variable } from '@tensorflow/tfjs';
import type { HostTensor, NamedTensors } from '../checkpoint/tensors';
import { sizeOf } from '../models/spec';
import { type OwnedVariables, allocate } from '../ops/variables';
import { type LoadedOptimizer, loadOptimizer, type OptimizerId, stateName, stateOf } from '../optim';
import type { Optimizer, Shaped, StateSpec } from '../optim/optimizer';

export interface OpenOptimizer extends LoadedOptimizer {
  /** Moments by weight name, in the order of the optimizer's `state`. */
  moments: Readonly<Record<string, readonly Variable[]>>;
  /** Moments with their names in checkpoints. */
  named: readonly Named[];
  dispose(): void;
}
type Named = readonly [name: string, moment: Variable];
type Weights = Readonly<Record<string, Shaped>>;

/** @param values saved optimizer state, by its names in checkpoints; missing tensors start at 0 */
export async function openOptimizer(
  id: OptimizerId,
  weights: Weights,
  values: NamedTensors = new Map(),
): Promise<OpenOptimizer> {
  const optimizer = await loadOptimizer(id);
  const { held: allocations, named } = allocateState(optimizer, weights, values);
  return {
    ...optimizer,
    moments: byWeight(optimizer, weights, new Map(named)),
    named,
    dispose() {
      for (const each of allocations) each.dispose();
    },
  };
}

// A separate function, because `dispose` would otherwise close over `values` and keep them on the host.
/** Allocates each kind of state in the order of the weights, so that one update covers all of them. */
function allocateState(
  optimizer: Optimizer,
  weights: Weights,
  values: NamedTensors,
): { held: readonly OwnedVariables[]; named: readonly Named[] } {
  const zeros = ({ shape }: StateSpec): HostTensor => ({ shape, data: new Float32Array(sizeOf(shape)) });
  const parts = stateOf(optimizer, Object.entries(weights)).map((specs) => {
    const allocation = allocate(specs.map((spec) => values.get(stateName(spec)) ?? zeros(spec)));
    return { held: allocation, named: specs.map((spec, i): Named => [stateName(spec), allocation.variables[i]!]) };
  });
  return { held: parts.map(({ held }) => held), named: parts.flatMap(({ named }) => named) };
}

const byWeight = (optimizer: Optimizer, weights: Weights, named: ReadonlyMap<string, Variable>) =>
  Object.fromEntries(
    Object.entries(weights).map(([weight, shaped]) => {
      return [weight, optimizer.state(shaped).map(({ name }) => named.get(stateName({ name, weight }))!)] as const;
    }),
  );
