/** Converts target modules of an adapter, as a person writes them, to names of weights. */
import { badSettings } from '../base/errors';
import type { ParamTable } from '../models/spec';
import { linearWeights } from './trainable';

/** All linear layers, those of attention, or those with these names, as in PEFT: `c_attn`, `attn.c_proj`. */
export type TargetModules = { what: 'all' | 'attention' } | { what: 'named'; targets: readonly string[] };

/**
 * Names of target weights, in the table's order. @throws HomegrownError `bad-settings` if the model lacks a target
 */
export function targetsOf(targetModules: TargetModules, table: ParamTable): readonly string[] {
  const matrices = linearWeights(table);
  if (targetModules.what !== 'named')
    return matrices.filter((name) => targetModules.what === 'all' || table[name]!.group === 'Attention');
  const { targets } = targetModules;
  const isTarget = (target: string) => (name: string) => `.${name}`.endsWith(`.${target}.weight`);
  const unknown = targets.find((target) => !matrices.some(isTarget(target)));
  if (unknown === undefined) return matrices.filter((name) => targets.some((target) => isTarget(target)(name)));
  throw badSettings(
    `The model has no target module called ${unknown}.`,
    `It has ${layersIn(table).join(', ')}. Nothing was started.`,
  );
}

/** Modules that an adapter can target, by the names that all layers of a stack share: `attn.c_attn`. */
export const layersIn = (table: ParamTable): readonly string[] => [
  ...new Set(linearWeights(table).map((name) => name.replace(/^.*\.\d+\./, '').replace(/\.weight$/, ''))),
];
