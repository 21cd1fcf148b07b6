/** --adapter and --learns: the trained part of a tuned model. */
import { existsSync } from 'node:fs';
import { type AdapterId, adapterOf, ADAPTERS } from '../src/core/adapters';
import type { TargetModules } from '../src/core/adapters/targetModules';
import type { TrainableScope } from '../src/core/adapters/trainableScope';
import type { Trainable } from '../src/core/adapters/trainable';
import { type Field, fieldProblem, initialValues } from '../src/core/base/field';
import type { ModelChoice } from '../src/core/models/network';
import { adapterTrainable, scopeTrainable } from '../src/core/runs/tuningConfig';
import { adapterStart } from '../node/runs/adapterStart';
import { UsageError } from './options';
import type { Tuning } from '../node/runs/tuning';

const IDS = Object.keys(ADAPTERS) as AdapterId[];
const SETTINGS = IDS.map((id) => Object.keys(adapterOf(id).fields).join(', ')).join('; ');
export const ADAPTER = `Adapter with frozen base weights: ${IDS.join(', ')}, with :RANK or :rank=8,alpha=16 (${SETTINGS}), targets=NAME+NAME for target modules, by default all linear layers; or a PEFT folder to continue from`;
export const LEARNS =
  'Trainable weights without --adapter: all, last:N (the last layers, their norm and the head), or norms (with the head)';

/** @throws UsageError if the flag has another form; parts that the model lacks are refused later */
export function tuningStartFlags(adapter: string | undefined, learns: string): Tuning['startOn'] {
  if (adapter !== undefined && learns !== 'all')
    throw new UsageError("--adapter freezes the base, so it can't be combined with --learns. Use one of them.");
  if (adapter !== undefined && !isAdapterId(adapter) && existsSync(adapter))
    return (start) => adapterStart(adapter, start);
  const trainable = adapter === undefined ? scopeFlag(learns) : adapterFlag(adapter);
  return ({ model, weights }) => {
    const what = trainable(model);
    return { base: weights, weights, ...(what && { trainable: what }) };
  };
}

/** The PEFT folder that `--adapter` of tune names. */
export const adapterPath = (flag: string): string | undefined => (isAdapterId(flag) ? undefined : flag);

/** `lora` or `lora:8`, which isn't a folder. */
const isAdapterId = (flag: string): boolean => IDS.some((id) => flag === id || flag.startsWith(`${id}:`));

function scopeFlag(flag: string): (model: ModelChoice) => Trainable | undefined {
  const scope = scopeOf(flag);
  return (model) => scopeTrainable(model, scope);
}

function scopeOf(flag: string): TrainableScope {
  const [, what, digits] = /^(all|norms|last)(?::([1-9]\d{0,3}))?$/.exec(flag) ?? [];
  if (what === 'last' && digits !== undefined) return { what, layers: Number(digits) };
  if ((what === 'all' || what === 'norms') && digits === undefined) return { what };
  throw new UsageError(`--learns must be all, last:N or norms, not '${flag}'.`);
}

/** `lora:8`, `lora:rank=8,alpha=16,targets=c_attn+c_proj`. */
function adapterFlag(flag: string): (model: ModelChoice) => Trainable {
  const [, name, words = ''] = /^([^:]+)(?::(.+))?$/s.exec(flag) ?? [];
  const id = IDS.find((candidate) => candidate === name);
  if (!id) throw new UsageError(`--adapter must be one of ${IDS.join(', ')}, not '${flag}', or name a PEFT folder.`);
  const fields: Readonly<Record<string, Field>> = adapterOf(id).fields;
  const [first = ''] = Object.keys(fields);
  const settings: Record<string, unknown> = { ...initialValues(adapterOf(id).fields) };
  let targets: readonly string[] | undefined;
  for (const part of words.split(',').filter(Boolean)) {
    const [key, value] = part.includes('=') ? splitOnce(part) : [first, part];
    if (key === 'targets') targets = value.split('+');
    else
      settings[key] = settingOf(key, value, Object.hasOwn(fields, key) ? fields[key] : undefined, Object.keys(fields));
  }
  const targetModules: TargetModules = targets ? { what: 'named', targets } : { what: 'all' };
  return (model) => adapterTrainable(model, { id, settings: settings as never }, targetModules);
}

function splitOnce(part: string): [key: string, value: string] {
  const separator = part.indexOf('=');
  return [part.slice(0, separator), part.slice(separator + 1)];
}

function settingOf(key: string, value: string, field: Field | undefined, names: readonly string[]): number | boolean {
  if (!field) throw new UsageError(`--adapter has no setting '${key}': it has ${[...names, 'targets'].join(', ')}.`);
  if (field.kind === 'switch' && (value === 'on' || value === 'off')) return value === 'on';
  const setting = value.trim() === '' ? NaN : Number(value);
  const problem = fieldProblem(field, setting);
  if (problem === null) return setting;
  throw new UsageError(`--adapter: ${problem.replace(/not NaN/, `not '${value}'`)}`);
}
