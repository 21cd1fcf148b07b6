/** Single definition of a setting: its type, storage schema, bounds, form row and command-line flag. */

interface Stated<Value> {
  /** Label of its row in a form. */
  label: string;
  /** Name within sentences, if the label doesn't read well there. */
  name?: string;
  unit?: string;
  /** Bounds or effect, in a few words. */
  hint?: string;
  /** Help text of its flag; default: name, unit and hint. */
  help?: string;
  /** Always visible, or under Advanced; absent: no row, or a custom one. */
  row?: 'main' | 'seldom';
  initial: Value;
  /** Value in records that predate the setting. Without it, those records can't be read. */
  absent?: Value;
  /** Why a change has no effect on a run's results, the model card, or the PyTorch bundle. */
  unseen?: { run?: string; card?: string; pytorch?: string };
}
export interface NumberField extends Stated<number> {
  kind: 'whole' | 'real';
  min: number;
  max: number;
  /** Increment in a form. */
  step?: number;
  /** Bounds for stored values, if wider than the bounds for use. */
  stored?: readonly [min: number, max: number];
}
/** One of several names, each with its label. */
export interface ChoiceField<Name extends string = string> extends Stated<NoInfer<Name>> {
  kind: 'choice';
  of: Readonly<Record<Name, Choice>>;
  /** Current names of values in older records. */
  former?: Readonly<Record<string, NoInfer<Name>>>;
}
export interface Choice {
  label: string;
  hint?: string;
}
export interface TextField extends Stated<string> {
  kind: 'text';
  /** Maximum length of a stored value, in UTF-16 code units. */
  maxLength: number;
  /** Height of its box in a form, in lines; default: 1. */
  lines?: number;
}
export interface SwitchField extends Stated<boolean> {
  kind: 'switch';
}
export type Field = NumberField | ChoiceField | TextField | SwitchField;
export type Fields = Readonly<Record<string, Field>>;

export type ValueOf<F extends Field> = F extends NumberField
  ? number
  : F extends SwitchField
    ? boolean
    : F extends { kind: 'choice'; of: Readonly<Record<infer Name, Choice>> }
      ? Name
      : string;
export type ValuesOf<F extends Fields> = { -readonly [Name in keyof F]: ValueOf<F[Name]> };

export const whole = (field: Omit<NumberField, 'kind'>): NumberField => ({ ...field, kind: 'whole' });
export const real = (field: Omit<NumberField, 'kind'>): NumberField => ({ ...field, kind: 'real' });
export const choice = <Name extends string>(field: Omit<ChoiceField<Name>, 'kind'>): ChoiceField<Name> => ({
  ...field,
  kind: 'choice',
});
export const text = (field: Omit<TextField, 'kind'>): TextField => ({ ...field, kind: 'text' });
export const onOff = (field: Omit<SwitchField, 'kind'>): SwitchField => ({ ...field, kind: 'switch' });

/** Returns the default values. */
export const initialValues = <F extends Fields>(fields: F): ValuesOf<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, { initial }]) => [name, initial])) as ValuesOf<F>;

/** Label of a chosen name. */
export const choiceLabel = (field: Field, name: string): string =>
  (field.kind === 'choice' && field.of[name]?.label) || name;

/** Labels of the chosen values of all choice fields. */
export const chosenLabels = (fields: Fields, values: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'choice' ? (field.of[String(values[name])]?.label ?? []) : [],
  );

/** Maps a stored value to its current name. */
export const currentValue = (field: Field, value: unknown): unknown =>
  field.kind === 'choice' ? (field.former?.[String(value)] ?? value) : value;

/** Name of a setting's flag: `learning-rate` for `learningRate`. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const nameOf = ({ name, label }: Field): string => name ?? label;

/** Explains in a sentence why the value is invalid; null if it's valid. */
export function fieldProblem(field: Field, value: unknown): string | null {
  switch (field.kind) {
    case 'whole':
    case 'real': {
      const { kind, min, max } = field;
      const isNumber = typeof value === 'number' && value >= min && value <= max;
      if (isNumber && (kind === 'real' || Number.isInteger(value))) return null;
      return `${nameOf(field)} must be a ${kind === 'whole' ? 'whole number' : 'number'} from ${min} to ${max}, not ${String(value)}.`;
    }
    case 'choice':
      if (typeof value === 'string' && Object.hasOwn(field.of, value)) return null;
      return `${nameOf(field)} must be one of ${Object.keys(field.of).join(', ')}, not ${String(value)}.`;
    case 'text':
      if (typeof value === 'string' && value.length <= field.maxLength) return null;
      return `${nameOf(field)} can have ${field.maxLength} characters at most.`;
    case 'switch':
      return typeof value === 'boolean' ? null : `${nameOf(field)} must be on or off.`;
  }
}
