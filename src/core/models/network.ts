import type { Tensor2D, Variable } from '@tensorflow/tfjs';
import { badFile } from '../base/errors';
import { normals } from '../base/rng';
import { hold } from '../ops/variables';
import { modelSpec, type ModelId } from '.';
import { type BaseConfig, type ForwardContext, type Output, sizeOf } from './spec';

/** A model with its weights on the device. */
export interface Network {
  choice: ModelChoice;
  params: Readonly<Record<string, Variable>>;
  /** ids [B, T] int32, T <= context. */
  forward(ids: Tensor2D, context?: ForwardContext): Output;
  dispose(): void;
}

/** The architecture, its size and the vocabulary it speaks. */
export interface ModelChoice {
  id: ModelId;
  config: BaseConfig;
  vocabulary: number;
}

/** Weights on the host, by name. */
export type Values = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Puts weights on the device in use. `values` may hold more than the model's own, such as moments.
 * @throws {HomegrownError} 'bad-file' where a weight is missing
 */
export async function network(choice: ModelChoice, values: Values): Promise<Network> {
  const { id, config, vocabulary } = choice;
  const spec = modelSpec(id);
  const { apply } = await spec.load();
  const names = Object.keys(spec.params(config, vocabulary));
  const held = hold(named(names, values));
  const params = Object.fromEntries(names.map((name, i) => [name, held.variables[i]!]));
  return {
    choice,
    params,
    forward: (ids, context = { dropout: 0 }) => apply(config, params, ids, context),
    dispose: held.dispose,
  };
}

/** Apart from `network`, whose functions would else keep all values on the host for as long as there is a network. */
const named = (names: readonly string[], values: Values) =>
  names.map((name) => {
    const value = values.get(name);
    if (!value) throw badFile(`There is no weight ${name} among ${values.size} tensors.`);
    return value;
  });

/** Weights as the specification draws them: each has its own stream of the seed, so that the order does not matter. */
export function initialValues({ id, config, vocabulary }: ModelChoice, seed: number): Values {
  const table = Object.entries(modelSpec(id).params(config, vocabulary));
  return new Map(
    table.map(([name, { shape, init }]) => {
      const size = sizeOf(shape);
      const data =
        init === 'zeros'
          ? new Float32Array(size)
          : init === 'ones'
            ? new Float32Array(size).fill(1)
            : normals(seed, `initial ${name}`, size).map((x) => x * init.std);
      return [name, { shape, data }];
    }),
  );
}
