import { getBackend, type Tensor1D, type Tensor2D, type Variable } from '@tensorflow/tfjs';
import { disposingOnFailure } from '../base/disposing';
import { badFile, badSettings } from '../base/errors';
import { type NarrowDtype, rounded } from '../base/narrowDtype';
import { packed } from '../ops/narrowWeights';
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
  type FrozenDtype,
  narrowDtypeFor,
} from './spec';

export { drawn, initialValues } from './initial';

/** Model with its weights on the device. */
export interface Network {
  choice: ModelChoice;
  /** Weights of the model and of an adapter. */
  params: Readonly<Record<string, Variable>>;
  /** Trainable parameters; the others are constants. */
  trainableParams: ParamTable;
  /**
   * Runs a forward pass. ids [B, T] int32, T <= context.
   * @param source second input of an encoder-decoder: token ids, or `memory` if their encoding is known
   */
  forward(ids: Tensor2D, context?: ForwardContext, source?: Source): Output;
  /** Encodes an encoder-decoder's source once for repeated use, with its cross-attention keys and values. */
  encode(source: SourceText, context?: ForwardContext): Memory;
  dispose(): void;
}

/** Source text [B, S]. `lengths`: tokens of each row; absent if rows are full. */
export interface SourceText {
  ids: Tensor2D;
  lengths?: Tensor1D;
}
/** Source text, or its encoding. */
export type Source = SourceText | { memory: Memory };

/** Architecture, sizes and vocabulary size. */
export interface ModelChoice {
  id: ModelId;
  config: BaseConfig;
  vocabulary: number;
}

export type { FrozenDtype } from './spec';

/** Weights on the host, by name. */
export type Values = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Puts weights on the current device: the trainable ones contiguous, and the frozen ones. `values` may contain more
 * than the model's own, such as moments.
 * @param trainable names of the trainable weights; all by default
 * @param rest storage type of frozen matrices of linear layers
 * @throws {HomegrownError} 'bad-file' if a weight is missing
 */
export async function network(
  choice: ModelChoice,
  values: Values,
  trainable?: readonly string[],
  rest: FrozenDtype = 'f32',
): Promise<Network> {
  const { id, config, vocabulary } = choice;
  const spec = modelSpec(id);
  const { forward } = await spec.load();
  const table = spec.params(config, vocabulary);
  const trainableParams = trainable
    ? Object.fromEntries(Object.entries(table).filter(([name]) => trainable.includes(name)))
    : table;
  const { params, held } = placed(table, trainableParams, values, rest);
  const passOf = ({ overrides, ...context }: ForwardContext = { dropout: 0 }): Pass => ({
    config,
    params: overrides ? { ...params, ...overrides } : params,
    ...context,
  });
  return {
    choice,
    params,
    trainableParams,
    forward(ids, context, source) {
      const pass = passOf(context);
      if (spec.kind === 'encoder') return forward.encode!(pass, ids);
      if (spec.kind === 'decoder') return forward.decode!(pass, ids);
      return forward.decode!(pass, ids, memoryOf(forward, pass, source!));
    },
    encode(source, context) {
      const pass = passOf(context);
      const memory = memoryOf(forward, pass, source);
      const keys = forward.keys?.(pass, memory);
      return { ...memory, ...(keys && { keys }) };
    },
    dispose() {
      for (const each of held) each.dispose();
    },
  };
}

/**
 * Puts the weights of `table` on the current device. Separate from `network` and free of closures: otherwise a
 * network's functions would keep `values` alive on the host.
 */
function placed(table: ParamTable, trainable: ParamTable, values: Values, rest: FrozenDtype) {
  const parts = [true, false].map((learns) => {
    const names = Object.keys(table).filter((name) => Object.hasOwn(trainable, name) === learns);
    const weights = named(names, values).map((value, i) => {
      const as = learns ? undefined : narrowDtypeFor(table[names[i]!]!, rest);
      return as ? narrowed(names[i]!, value, as) : value;
    });
    return { names, weights, learns };
  });
  const held: OwnedVariables[] = [];
  for (const { weights, learns } of parts) held.push(disposingOnFailure(held, () => allocate(weights, learns)));
  const variables = new Map(parts.flatMap(({ names }, i) => names.map((name, j) => [name, held[i]!.variables[j]!])));
  return { params: Object.fromEntries(Object.keys(table).map((name) => [name, variables.get(name)!])), held };
}

/**
 * Stores a matrix in fewer bytes on WebGPU. Others round equally but store f32, so the model is the same everywhere.
 * @throws {HomegrownError} 'bad-settings' if a number exceeds f16
 */
function narrowed(
  name: string,
  value: Value,
  rest: NarrowDtype,
): { shape: readonly number[]; data: Float32Array | Int32Array } {
  const large = rest === 'f16' ? value.data.find((x) => Math.abs(x) >= BEYOND_HALF) : undefined;
  if (large !== undefined) {
    throw badSettings(
      `${name} contains ${large.toPrecision(3)}, but the maximum of f16 is 65,504.`,
      'Use f32 for frozen weights.',
    );
  }
  if (getBackend() !== 'webgpu') return { shape: value.shape, data: rounded(value.data, rest) };
  return packed(value, rest);
}
/** First value that rounds to infinity in f16. */
const BEYOND_HALF = 65_520;
type Value = Values extends ReadonlyMap<string, infer V> ? V : never;

function memoryOf(forward: Forward, { config, params, ...context }: Pass, source: Source): Memory {
  if ('memory' in source) return source.memory;
  const { dropout, attentionDropout, counter, recompute, hook, unfusedAttention } = context;
  const { lengths } = source;
  const pass: Pass = {
    config,
    params,
    dropout,
    ...(attentionDropout !== undefined && { attentionDropout }),
    ...(counter && { counter }),
    ...(recompute && { recompute }),
    ...(lengths && { lengths }),
    ...(hook && { hook: (name, x) => hook(`encoder.${name as Activation}`, x) }),
    ...(unfusedAttention && { unfusedAttention }),
  };
  return { ...forward.encode!(pass, source.ids), ...(lengths && { lengths }) };
}

/** Returns values by name. @throws {HomegrownError} 'bad-file' if one is missing */
export const named = (names: readonly string[], values: Values) =>
  names.map((name) => {
    const value = values.get(name);
    if (!value) throw badFile(`There is no weight ${name} among ${values.size} tensors.`);
    return value;
  });
