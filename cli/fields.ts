/** Flags from settings: `learningRate` becomes `--learning-rate`, with its bounds, help and default. */
import {
  type ChoiceField,
  type Field,
  type Fields,
  flagOf,
  nameOf,
  type NumberField,
  type SwitchField,
  type ValuesOf,
} from '../src/core/base/field';
import type { Option, Options, Values } from './options';

type Flag<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Flag<Rest>}`
  : '';
type FlagOf<F extends Field> = F extends NumberField
  ? Exclude<Extract<Option, { kind: 'whole' | 'real' }>, { otherwise: string }>
  : F extends SwitchField
    ? { kind: 'choice'; of: readonly ('on' | 'off')[]; help: string }
    : F extends ChoiceField<infer Name>
      ? { kind: 'choice'; of: readonly Name[]; help: string }
      : Exclude<Extract<Option, { kind: 'text' }>, { otherwise: string }>;
type Flags<F extends Fields> = { readonly [Name in keyof F & string as Flag<Name>]: FlagOf<F[Name]> };

export const flagsOf = <F extends Fields>(fields: F): Flags<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [flagOf(name), optionOf(field)])) as Flags<F>;

/** `Warm-up, in steps, the rate rises from 0` */
export function helpOf(field: Field): string {
  if (field.help !== undefined) return field.help;
  return [nameOf(field), field.unit && `in ${field.unit}`, field.hint].filter(Boolean).join(', ');
}

function optionOf(field: Field): Option {
  const help = helpOf(field);
  switch (field.kind) {
    case 'whole':
    case 'real': {
      const { kind, min, max, initial } = field;
      return { kind, min, max, initial, help };
    }
    case 'text':
      return { kind: 'text', path: 'none', initial: field.initial, help };
    case 'switch':
      return { kind: 'choice', of: ['on', 'off'], initial: field.initial ? 'on' : 'off', alone: 'on', help };
    case 'choice': {
      const { of, initial } = field;
      const words = Object.values(of).map(({ label, hint }) => (hint === undefined ? label : `${label}, ${hint}`));
      const haveHints = Object.values(of).some(({ hint }) => hint !== undefined);
      return { kind: 'choice', of: Object.keys(of), initial, help, ...(haveHints && { choices: words }) };
    }
  }
}

/** Typed values by the names of the settings. */
export const settingsOf = <F extends Fields>(fields: F, typed: Values<Options>): ValuesOf<F> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { kind }]) => {
      const value = typed[flagOf(name)];
      return [name, kind === 'switch' ? value === 'on' : value];
    }),
  ) as ValuesOf<F>;
