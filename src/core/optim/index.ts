import type { Fields } from '../base/field';
import { adamw } from './adamw';
import { lion } from './lion';
import { muon } from './muon';
import type { Optimizer, Shaped, StateSpec } from './optimizer';
import { sgd } from './sgd';

/** All optimizers. To add one, write its file and add a line here. */
export const OPTIMIZERS = { adamw, sgd, lion, muon } as const satisfies Record<string, Optimizer>;
export type OptimizerId = keyof typeof OPTIMIZERS;

/** An optimizer as the common type. */
export const optimizerOf = (id: OptimizerId): Optimizer => OPTIMIZERS[id];

/** An optimizer with its functions on tensors. */
export type LoadedOptimizer = Optimizer & Awaited<ReturnType<Optimizer['load']>>;
export async function loadOptimizer(id: OptimizerId): Promise<LoadedOptimizer> {
  const optimizer = optimizerOf(id);
  return { ...optimizer, ...(await optimizer.load()) };
}

/** Fields of all optimizers, each once. */
export const optimizerFields = (): OptimizerFields =>
  Object.assign({}, ...Object.values(OPTIMIZERS).map(({ fields }: { fields: Fields }) => fields)) as OptimizerFields;
export type OptimizerFields = Intersection<(typeof OPTIMIZERS)[OptimizerId]['fields']>;
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Optimizer state of these weights, grouped by kind, in the order of the weights. */
export function stateOf(
  optimizer: Pick<Optimizer, 'state'>,
  weights: Iterable<readonly [name: string, weight: Shaped]>,
): readonly (readonly (StateSpec & { weight: string })[])[] {
  const specs = [...weights].flatMap(([weight, shaped]) =>
    optimizer.state(shaped).map((spec) => ({ ...spec, weight })),
  );
  const kinds = [...new Set(specs.map(({ name }) => name))];
  return kinds.map((kind) => specs.filter(({ name }) => name === kind));
}
/** `adam.m.<weight>` */
export const stateName = ({ name, weight }: { name: string; weight: string }): string => `${name}.${weight}`;
