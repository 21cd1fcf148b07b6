import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { badFile } from '../base/errors';
import { normals } from '../base/rng';
import { allocate } from '../ops/variables';
import { modelSpec, type ModelId } from '.';
import {
  type Activation,
  type BaseConfig,
  type Forward,
  type ForwardContext,
  type Memory,
  type Output,
  type ParamTable,
  type Pass,
  sizeOf,
} from './spec';

/** A model with its weights on the device. */
export interface Network {
  choice: ModelChoice;
  /** Its weights, and an adapter's. */
  params: Readonly<Record<string, Variable>>;
  /** Those that learn; the others are constants. */
  learning: ParamTable;
  /**
   * ids [B, T] int32, T <= context.
   * @param source what an encoder-decoder reads besides: the ids of another text, whose encoding is `memory` if it is known
   */
  forward(ids: Tensor2D, context?: ForwardContext, source?: Source): Output;
  dispose(): void;
}

/** Another text [B, S], or what an encoder has made of it. `lengths`: tokens of each of its rows; absent where they are full. */
export type Source = { ids: Tensor2D; lengths?: Tensor1D } | { memory: Memory };

/** The architecture, its size and the vocabulary it speaks. */
export interface ModelChoice {
  id: ModelId;
  config: BaseConfig;
  vocabulary: number;
}

/** Weights on the host, by name. */
export type Values = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Puts weights on the device in use, those that learn side by side, and the others. `values` may hold more than the model's
 * own, such as moments.
 * @throws {HomegrownError} 'bad-file' where a weight is missing
 */
export async function network(
  choice: ModelChoice,
  values: Values,
  learns: (name: string) => boolean = () => true,
): Promise<Network> {
  const { id, config, vocabulary } = choice;
  const spec = modelSpec(id);
  const { forward } = await spec.load();
  const table = Object.entries(spec.params(config, vocabulary));
  const parts = [true, false].map((learn) => {
    const names = table.map(([name]) => name).filter((name) => learns(name) === learn);
    return { names, held: allocate(named(names, values), learn) };
  });
  const variables = new Map(parts.flatMap(({ names, held }) => names.map((name, i) => [name, held.variables[i]!])));
  const params = Object.fromEntries(table.map(([name]) => [name, variables.get(name)!]));
  return {
    choice,
    params,
    learning: Object.fromEntries(table.filter(([name]) => learns(name))),
    forward(ids, { instead, ...context } = { dropout: 0 }, source) {
      const pass: Pass = { config, params: { ...params, ...instead }, ...context };
      if (spec.kind === 'encoder') return forward.encode!(pass, ids);
      if (spec.kind === 'decoder') return forward.decode!(pass, ids);
      return forward.decode!(pass, ids, memoryOf(forward, pass, source!));
    },
    dispose() {
      for (const { held } of parts) held.dispose();
    },
  };
}

function memoryOf(forward: Forward, { config, params, ...context }: Pass, source: Source): Memory {
  if ('memory' in source) return source.memory;
  const { dropout, counter, recompute, hook } = context;
  const { lengths } = source;
  const pass: Pass = {
    config,
    params,
    dropout,
    ...(counter && { counter }),
    ...(recompute && { recompute }),
    ...(lengths && { lengths }),
    ...(hook && { hook: (name, x) => hook(`encoder.${name as Activation}`, x) }),
  };
  return { ...forward.encode!(pass, source.ids), ...(lengths && { lengths }) };
}

/**
 * Values by these names. Apart from `network`, whose functions would otherwise keep all of them on the host for as long as there is
 * a network.
 */
export const named = (names: readonly string[], values: Values) =>
  names.map((name) => {
    const value = values.get(name);
    if (!value) throw badFile(`There is no weight ${name} among ${values.size} tensors.`);
    return value;
  });

/** Weights as the specification draws them. */
export const initialValues = ({ id, config, vocabulary }: ModelChoice, seed: number): Values =>
  drawn(modelSpec(id).params(config, vocabulary), seed);

/** Each has its own stream of the seed, so that the order does not matter. */
export function drawn(table: ParamTable, seed: number): Values {
  return new Map(
    Object.entries(table).map(([name, { shape, init }]) => {
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
