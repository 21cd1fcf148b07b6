/** A setting, stated once: that gives its type, what may be stored of it, its bounds, its row in a form and its flag in a terminal. */

interface Stated<Value> {
  /** Of its row in a form. */
  label: string;
  /** In sentences, where the label does not read well there. */
  name?: string;
  unit?: string;
  /** Bounds or consequence, in a few words. */
  hint?: string;
  /** What its flag does; else its name, unit and hint. */
  help?: string;
  /** Shown always, or under Advanced; absent: a form has no row for it, or its own. */
  row?: 'main' | 'seldom';
  initial: Value;
  /** What it was in records from before there was such a setting; without it they cannot be read. */
  absent?: Value;
  /** Why a change doesn't show in what a run does, in the model card, or in the PyTorch bundle. */
  unseen?: { run?: string; card?: string; pytorch?: string };
}
export interface NumberField extends Stated<number> {
  kind: 'whole' | 'real';
  min: number;
  max: number;
  /** By which a form counts up and down. */
  step?: number;
  /** Bounds of what can be read again, where they are wider than those of what can be used. */
  stored?: readonly [min: number, max: number];
}
/** One of some names; of each how it is shown. */
export interface ChoiceField<Name extends string = string> extends Stated<NoInfer<Name>> {
  kind: 'choice';
  of: Readonly<Record<Name, Choice>>;
  /** What values in older records are called now. */
  former?: Readonly<Record<string, NoInfer<Name>>>;
}
export interface Choice {
  label: string;
  hint?: string;
}
export interface TextField extends Stated<string> {
  kind: 'text';
  /** Characters that can be stored. */
  maxLength: number;
  /** Of its box in a form; absent: one. */
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

/** What they are before anybody has set them. */
export const initialValues = <F extends Fields>(fields: F): ValuesOf<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, { initial }]) => [name, initial])) as ValuesOf<F>;

/** How a name that was chosen is shown. */
export const choiceLabel = (field: Field, name: string): string =>
  (field.kind === 'choice' && field.of[name]?.label) || name;

/** Of those that are one of some names, the labels of what was chosen. */
export const chosenLabels = (fields: Fields, values: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'choice' ? (field.of[String(values[name])]?.label ?? []) : [],
  );

/** What a record has of a setting, by today's names. */
export const currentValue = (field: Field, value: unknown): unknown =>
  field.kind === 'choice' ? (field.former?.[String(value)] ?? value) : value;

/** Name of a setting's flag: `learning-rate` of `learningRate`. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const nameOf = ({ name, label }: Field): string => name ?? label;

/** Why a setting cannot be used with this value, in a sentence; null where it can. */
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
