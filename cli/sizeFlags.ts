/** `--layers`, `--kv-heads` and so on: flags for the sizes of every architecture, from its own list. */
import { fieldProblem, flagOf, type NumberField } from '../src/core/base/field';
import { type ModelId, modelIds, modelSpec } from '../src/core/models';
import { type BaseConfig, type Size, type SizeField, usualConfig } from '../src/core/models/spec';
import { helpOf } from './fields';
import { type Option, type Options, UsageError, type Values } from './options';

type SizeFields = Readonly<Record<string, SizeField>>;
const fieldsOf = (id: ModelId): SizeFields => modelSpec(id).fields;

/** The names come from the lists. A value that isn't typed is undefined, and the architecture has the default. */
export function sizeFlags(): object {
  return Object.fromEntries(sizeNames().map((name) => [flagOf(name), sizeFlag(name)]));
}

const sizeNames = (): readonly string[] => [...new Set(modelIds().flatMap((id) => Object.keys(fieldsOf(id))))];
const architecturesWith = (name: string): readonly ModelId[] =>
  modelIds().filter((id) => Object.hasOwn(fieldsOf(id), name));

function sizeFlag(name: string): Option {
  const ids = architecturesWith(name);
  const fields = ids.map((id) => fieldsOf(id)[name]!);
  const defaults = ids.map((id) => `${initialWords(id, name)} for ${id}`);
  const otherwise =
    new Set(ids.map((id) => initialWords(id, name))).size === 1 ? initialWords(ids[0]!, name) : defaults.join(', ');
  const [first, ...others] = fields;
  const differences = others.flatMap(({ help }, i) =>
    help === undefined || help === first!.help
      ? []
      : [`; for ${ids[i + 1]!} ${help[0]!.toLowerCase()}${help.slice(1)}`],
  );
  const help = [helpOf(first!), ...differences, ids.length < modelIds().length ? `; only ${ids.join(', ')}` : ''].join(
    '',
  );
  if (first!.kind === 'choice') return { kind: 'choice', of: Object.keys(first!.of), otherwise, help };
  const numbers = fields.filter((field): field is NumberField => field.kind === 'whole' || field.kind === 'real');
  if (numbers.length === 0) return { kind: 'choice', of: ['on', 'off'], alone: 'on', otherwise, help };
  return {
    kind: numbers.some(({ kind }) => kind === 'real') ? 'real' : 'whole',
    min: Math.min(...numbers.map(({ min }) => min)),
    max: Math.max(...numbers.map(({ max }) => max)),
    otherwise,
    help,
  };
}

/** Default of a size, in words. */
function initialWords(id: ModelId, name: string): string {
  const { initial } = fieldsOf(id)[name]!;
  if (Object.hasOwn(derivedSizes(id, modelSpec(id).presets[0]!.config), name)) return 'chosen to fit the others';
  return typeof initial === 'boolean' ? (initial ? 'on' : 'off') : String(initial);
}
const derivedSizes = (id: ModelId, config: BaseConfig): object => modelSpec(id).usual?.(config) ?? {};

/** Help of a size with the differences between architectures. */
export const architectureWords = (): readonly string[] =>
  modelIds().map((id) => {
    const flags = Object.keys(fieldsOf(id)).map((name) => `--${flagOf(name)}`);
    return `${modelSpec(id).label}, with ${flags.join(' ')}`;
  });

/** @throws UsageError if the architecture lacks a typed size, or can't have its value */
export function configOf(id: ModelId, typed: Values<Options>): BaseConfig {
  const fields = fieldsOf(id);
  for (const name of sizeNames()) {
    if (Object.hasOwn(fields, name) || typed[flagOf(name)] === undefined) continue;
    throw new UsageError(`--${flagOf(name)} is only for ${architecturesWith(name).join(', ')}; ${id} doesn't have it.`);
  }
  const sizes = Object.entries(fields).flatMap(([name, field]): [string, Size][] => {
    const value = typed[flagOf(name)];
    if (value === undefined) return [];
    const size = field.kind === 'switch' ? value === 'on' : (value as Size);
    const problem = fieldProblem(field, size);
    if (problem !== null) throw new UsageError(`--${flagOf(name)} with --model ${id}: ${problem}`);
    return [[name, size]];
  });
  return usualConfig(modelSpec(id), Object.fromEntries(sizes));
}
