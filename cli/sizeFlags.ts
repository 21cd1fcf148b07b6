/** `--layers`, `--kv-heads` and so on: the sizes of every architecture, by their own statements. */
import { fieldProblem, type NumberField } from '../src/core/base/field';
import { type ModelId, modelIds, modelSpec } from '../src/core/models';
import type { BaseConfig } from '../src/core/models/spec';
import { flagOf, helpOf } from './fields';
import { type Option, type Options, UsageError, type Values } from './options';

type SizeFields = Readonly<Record<string, NumberField>>;
const fieldsOf = (id: ModelId): SizeFields => modelSpec(id).fields;

/** By names that only the list knows. Values that are not given are undefined: what they are then, the architecture says. */
export function sizeFlags(): object {
  return Object.fromEntries(names().map((name) => [flagOf(name), flag(name)]));
}

const names = (): readonly string[] => [...new Set(modelIds().flatMap((id) => Object.keys(fieldsOf(id))))];
const having = (name: string): readonly ModelId[] => modelIds().filter((id) => Object.hasOwn(fieldsOf(id), name));

function flag(name: string): Option {
  const ids = having(name);
  const fields = ids.map((id) => fieldsOf(id)[name]!);
  const [first] = fields as [NumberField];
  const bounds = { min: Math.min(...fields.map(({ min }) => min)), max: Math.max(...fields.map(({ max }) => max)) };
  const isOne = new Set(fields.map(({ initial }) => initial)).size === 1;
  return {
    kind: fields.some(({ kind }) => kind === 'real') ? 'real' : 'whole',
    ...bounds,
    otherwise: isOne ? String(first.initial) : ids.map((id) => `${fieldsOf(id)[name]!.initial} of ${id}`).join(', '),
    help: helpOf(first) + (ids.length < modelIds().length ? `; of ${ids.join(', ')} alone` : ''),
  };
}

/** What is told of each architecture, where there are several. */
export const architectureWords = (): readonly string[] =>
  modelIds().map((id) => {
    const flags = Object.keys(fieldsOf(id)).map((name) => `--${flagOf(name)}`);
    return `${modelSpec(id).label}, with ${flags.join(' ')}`;
  });

/** @throws UsageError where a size is given that the architecture has not, or cannot have */
export function configOf(id: ModelId, typed: Values<Options>): BaseConfig {
  const own = fieldsOf(id);
  for (const name of names()) {
    if (Object.hasOwn(own, name) || typed[flagOf(name)] === undefined) continue;
    throw new UsageError(`--${flagOf(name)} is a size of ${having(name).join(', ')}; a model of ${id} has none.`);
  }
  const sizes = Object.entries(own).map(([name, field]) => {
    const size = typed[flagOf(name)] ?? field.initial;
    const problem = fieldProblem(field, size);
    if (problem !== null) throw new UsageError(`--${flagOf(name)} with --model ${id}: ${problem}`);
    return [name, size];
  });
  return Object.fromEntries(sizes) as BaseConfig;
}
