/** Comparison of runs: settings that differ between them. */
import { type Field, nameOf } from '../base/field';
import { formatCount } from '../base/units';
import { nameOf as inSentence } from '../metrics/words';
import { type ModelId, MODELS, modelSpec } from '../models';
import { sizesOf } from '../models/spec';
import { isOf, RECIPE, type Recipe, type RecipeField } from '../train/recipe';
import type { ModelChoice } from '../train/run';

/** A setting's description; equal keys mean equal settings. */
export interface KeyedWords {
  key: string;
  words: string;
}

/** Settings of a run that comparisons use. */
export interface Made {
  model: ModelChoice;
  tokenizer: KeyedWords;
  /** Null where unknown: a model imported without its recipe. */
  recipe: Recipe | null;
  /** Null where unknown. */
  data: KeyedWords | null;
}

export type Value = number | KeyedWords;

/** A setting that runs can differ in. */
export interface Setting {
  id: string;
  /** As a heading: `Dropout`. */
  label: string;
  /** In a sentence: `dropout`. */
  name: string;
  isNumber: boolean;
  /** Part of the run that the setting belongs to; unknown if that part is unknown. */
  part: keyof Made;
  /** Value for a run; undefined if the run has none or it is unknown. */
  of(run: Made): Value | undefined;
}

type SettingHeader = Omit<Setting, 'of'>;
const wordHeader = (part: keyof Made, label: string, id: string = part): SettingHeader => {
  return { id, part, label, name: inSentence({ label }), isNumber: false };
};
const fieldHeader = (part: keyof Made, name: string, field: Field): SettingHeader => ({
  id: `${part}.${name}`,
  part,
  label: field.label,
  name: inSentence({ label: nameOf(field) }),
  isNumber: field.kind === 'whole' || field.kind === 'real',
});

function valueOf(field: Field, value: string | number | boolean): Value {
  switch (field.kind) {
    case 'whole':
    case 'real':
      return value as number;
    case 'choice':
      return { key: String(value), words: field.of[String(value)]?.label ?? String(value) };
    case 'text':
      return { key: String(value), words: String(value) };
    case 'switch':
      return { key: String(value), words: value ? 'on' : 'off' };
  }
}

/** All settings in the order of the forms: architecture, data, then training. */
export const SETTINGS: readonly Setting[] = allSettings();

function allSettings(): readonly Setting[] {
  const sizes = new Map<string, Field>(
    (Object.keys(MODELS) as ModelId[]).flatMap((id) => Object.entries<Field>(modelSpec(id).fields)),
  );
  return [
    { ...wordHeader('model', 'Model'), of: ({ model: { id } }) => ({ key: id, words: modelSpec(id).label }) },
    ...[...sizes].map(([name, field]) => ({
      ...fieldHeader('model', name, field),
      of({ model }: Made) {
        const size = sizesOf(model.config)[name];
        return size === undefined ? undefined : valueOf(field, size);
      },
    })),
    {
      ...wordHeader('model', 'Classifier', 'model.untied'),
      of: ({ model: { config } }) =>
        config.untied ? { key: 'own', words: 'separate weights' } : { key: 'tied', words: 'the token embedding' },
    },
    { ...wordHeader('tokenizer', 'Tokenizer'), of: ({ tokenizer }) => tokenizer },
    { ...wordHeader('data', 'Text'), of: ({ data }) => data ?? undefined },
    ...(Object.entries(RECIPE) as [RecipeField, Field][]).map(([name, field]) => ({
      ...fieldHeader('recipe', name, field),
      of: ({ recipe }: Made) => (recipe && isOf(recipe, name) ? valueOf(field, recipe[name]) : undefined),
    })),
  ];
}

const keyOf = (value: Value | undefined): string | number | undefined =>
  typeof value === 'object' ? value.key : value;

/** Whether two values are equal. */
export const isSameValue = (a: Value | undefined, b: Value | undefined): boolean => keyOf(a) === keyOf(b);

/**
 * Settings that differ between the runs, and the number of equal ones. Unknown values count as equal. Settings that no
 * run has count as neither.
 */
export function settingsThatDiffer(runs: readonly Made[]): { differ: readonly Setting[]; same: number } {
  const differ: Setting[] = [];
  let same = 0;
  for (const setting of SETTINGS) {
    const keys = new Set(runs.flatMap((run) => (run[setting.part] === null ? [] : [keyOf(setting.of(run))])));
    if (keys.size > 1) differ.push(setting);
    else if (keys.size === 1 && !keys.has(undefined)) same++;
  }
  return { differ, same };
}

/** A setting that two runs differ in, with both values. */
interface Difference {
  setting: Setting;
  before: Value | undefined;
  after: Value | undefined;
}

/** Settings in which the second run differs from the first. */
export const differences = (before: Made, after: Made): readonly Difference[] =>
  settingsThatDiffer([before, after]).differ.map((setting) => ({
    setting,
    before: setting.of(before),
    after: setting.of(after),
  }));

/** Formats a value with all digits, because comparisons use all of them. */
export const valueWords = (value: Value | undefined): string =>
  value === undefined
    ? '–'
    : typeof value === 'object'
      ? value.words
      : Number.isInteger(value)
        ? formatCount(value)
        : String(value);

/** Each difference: `dropout 0.1 → 0.3`. */
export const changeWords = (before: Made, after: Made): readonly string[] =>
  differences(before, after).map(({ setting, before: oldValue, after: newValue }) => {
    const value = newValue === undefined ? 'none' : valueWords(newValue);
    return `${setting.name} ${oldValue === undefined ? '' : `${valueWords(oldValue)} → `}${value}`;
  });
