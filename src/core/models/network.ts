import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { disposingOnFailure } from '../base/disposing';
import { badFile } from '../base/errors';
import { normals } from '../base/rng';
import { allocate, type OwnedVariables } from '../ops/variables';
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
  trainableParams: ParamTable;
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
 * @param trainable names of the weights that learn; all where nobody says
 * @throws {HomegrownError} 'bad-file' where a weight is missing
 */
export async function network(choice: ModelChoice, values: Values, trainable?: readonly string[]): Promise<Network> {
  const { id, config, vocabulary } = choice;
  const spec = modelSpec(id);
  const { forward } = await spec.load();
  const table = spec.params(config, vocabulary);
  const trainableParams = trainable
    ? Object.fromEntries(Object.entries(table).filter(([name]) => trainable.includes(name)))
    : table;
  const { params, held } = placed(table, trainableParams, values);
  return {
    choice,
    params,
    trainableParams,
    forward(ids, { overrides, ...context } = { dropout: 0 }, source) {
      const pass: Pass = { config, params: overrides ? { ...params, ...overrides } : params, ...context };
      if (spec.kind === 'encoder') return forward.encode!(pass, ids);
      if (spec.kind === 'decoder') return forward.decode!(pass, ids);
      return forward.decode!(pass, ids, memoryOf(forward, pass, source!));
    },
    dispose() {
      for (const each of held) each.dispose();
    },
  };
}

/**
 * The weights of `table` on the device in use. Apart from `network`, and without a function in what it gives: a network's
 * functions would otherwise keep `values` on the host for as long as there is one.
 */
function placed(table: ParamTable, trainable: ParamTable, values: Values) {
  const parts = [true, false].map((learns) => {
    const names = Object.keys(table).filter((name) => Object.hasOwn(trainable, name) === learns);
    return { names, weights: named(names, values), learns };
  });
  const held: OwnedVariables[] = [];
  for (const { weights, learns } of parts) held.push(disposingOnFailure(held, () => allocate(weights, learns)));
  const variables = new Map(parts.flatMap(({ names }, i) => names.map((name, j) => [name, held[i]!.variables[j]!])));
  return { params: Object.fromEntries(Object.keys(table).map((name) => [name, variables.get(name)!])), held };
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

/** Values by these names. @throws {HomegrownError} 'bad-file' where one is missing */
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
