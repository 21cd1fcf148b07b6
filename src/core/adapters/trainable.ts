/** Trainable part of a model: all of its weights, some of them, or an adapter. */
import { badSettings } from '../base/errors';
import { fieldProblem, type Fields, type ValuesOf } from '../base/field';
import { rounded } from '../base/narrowDtype';
import type { FrozenDtype, Values } from '../models/network';
import { type ParamTable, narrowDtypeFor } from '../models/spec';
import { type AdapterChoice, adapterOf } from '.';

/** Trainable part of a model; absent: every weight. Plain data, which a run's record can store. */
export interface Trainable {
  /** Names of the model's own trainable weights; the others are frozen. */
  weights: readonly string[];
  /** Adapter on some of its weights. */
  adapter?: AdapterChoice;
  /** Data type of the frozen matrices of linear layers; absent: f32. f16 and q8 round them, alike on every device. */
  rest?: FrozenDtype;
}

/** Parameters of a model, each table in the model's order. */
interface Parts {
  /** Parameters of the model itself. */
  own: ParamTable;
  /** Parameters of the adapter. */
  added: ParamTable;
  /** Trainable parameters of both. */
  trainableParams: ParamTable;
}

/** @param own the model's. @throws HomegrownError `bad-settings` if nothing is trainable or a name doesn't exist */
export function partsOf(own: ParamTable, trainable?: Trainable): Parts {
  if (!trainable) return { own, added: {}, trainableParams: own };
  const { weights, adapter } = trainable;
  for (const name of [...weights, ...(adapter?.beside ?? [])]) {
    if (!Object.hasOwn(own, name)) throw scopeError(`This model has no weight called ${name}.`);
  }
  const added = adapter ? adapterParams(adapter, own) : {};
  const trainableParams = { ...filterTable(own, (name) => weights.includes(name)), ...added };
  if (Object.keys(trainableParams).length === 0) throw scopeError('No parameter is trainable.');
  return { own, added, trainableParams };
}

function adapterParams(choice: AdapterChoice, own: ParamTable): ParamTable {
  const { label, fields, params } = adapterOf(choice.id);
  const settings: ValuesOf<Fields> = choice.settings;
  for (const [name, field] of Object.entries(fields)) {
    const problem = fieldProblem(field, settings[name]);
    if (problem !== null) throw scopeError(`${label}: ${problem}`);
  }
  const tables = Object.entries(filterTable(own, (name) => choice.beside.includes(name))).map(([name, weight]) => {
    if (!weight.linear) throw scopeError(`${label} needs linear layers as target modules, and ${name} isn't one.`);
    return Object.entries(params(weight, settings)).map(
      ([suffix, parameter]) => [adapterTensorName(name, suffix), parameter] as const,
    );
  });
  return Object.fromEntries(tables.flat());
}

/** Columns that an adapter stores for each token in a training step. */
export const adapterColumns = (own: ParamTable, { adapter }: Partial<Trainable> = {}): number =>
  adapter
    ? adapter.beside.reduce((sum, name) => sum + adapterOf(adapter.id).columns(own[name]!, adapter.settings), 0)
    : 0;

/** Name `<layer>.<end>` for the weight `<layer>.weight`. */
export const adapterTensorName = (weight: string, suffix: string): string => `${layerOf(weight)}.${suffix}`;
export const layerOf = (weight: string): string => weight.replace(/\.weight$/, '');

/** Weights that an adapter can target. */
export const linearWeights = (own: ParamTable): string[] =>
  Object.keys(filterTable(own, (_, { linear }) => linear === true));

/**
 * Rounds the frozen matrices of the base to their stored precision. Doing so once, here, means that an adapter is merged into
 * the same numbers that it was trained on.
 */
export function withFrozenDtype(own: ParamTable, base: Values, trainable: Trainable): Values {
  const { rest } = trainable;
  if (rest === undefined || rest === 'f32') return base;
  const { trainableParams } = partsOf(own, trainable);
  const isFrozen = (name: string): boolean => Object.hasOwn(own, name) && !Object.hasOwn(trainableParams, name);
  return new Map(
    [...base].map(([name, value]) => {
      const dtype = isFrozen(name) ? narrowDtypeFor(own[name]!, rest) : undefined;
      return [name, dtype ? { ...value, data: rounded(value.data, dtype) } : value];
    }),
  );
}

/** Leaves out the frozen weights of a run: keeps its trainable tensors and their optimizer state. */
export function trainedTensors<T>(
  own: ParamTable,
  tensors: ReadonlyMap<string, T>,
  trainable?: Trainable,
): Map<string, T> {
  const { trainableParams } = partsOf(own, trainable);
  return new Map([...tensors].filter(([name]) => !Object.hasOwn(own, name) || Object.hasOwn(trainableParams, name)));
}

/** Merges the adapter into the model's own weights. Weights without an adapter are the same tensors. */
export function merged(own: ParamTable, values: Values, { adapter }: Trainable): Values {
  return new Map(
    Object.entries(own).map(([name, parameter]) => {
      const weight = values.get(name)!;
      if (!adapter?.beside.includes(name)) return [name, weight];
      const { params, merged: merge } = adapterOf(adapter.id);
      const suffixes = Object.keys(params(parameter, adapter.settings));
      return [
        name,
        merge(
          weight,
          new Map(suffixes.map((suffix) => [suffix, values.get(adapterTensorName(name, suffix))!])),
          adapter.settings,
        ),
      ];
    }),
  );
}

const filterTable = (table: ParamTable, test: (name: string, parameter: ParamTable[string]) => boolean): ParamTable =>
  Object.fromEntries(Object.entries(table).filter(([name, parameter]) => test(name, parameter)));

const scopeError = (message: string) => badSettings(message, 'Nothing was started. Choose other trainable parameters.');
