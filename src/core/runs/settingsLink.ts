/** Settings of a run in a link, with names and values of the terminal's flags: `model=gpt&layers=4&steps=600`. */
import { badSettings } from '../base/errors';
import { type Field, fieldProblem, flagOf } from '../base/field';
import { modelIds, type ModelId, modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { type Size, sizesOf, usualConfig } from '../models/spec';
import { isApplied, type TokenizerKind, TRAINED_KINDS, type TrainedKind } from '../tokenizer/tokenizer';
import { MAX_VOCABULARY, MIN_VOCABULARY } from '../tokenizer/train';
import { DEFAULT_RECIPE, fieldsOf, RECIPE, type Recipe, type RecipeField } from '../train/recipe';
import type { How } from './lineage';
import type { ModelDraft } from './modelDraft';
import { recipeOf } from './segments';
import type { TokenizerChoice } from './settings';

/** Settings in a link. Texts, their names and the sample prompt stay on the machine. */
export interface LinkedSettings {
  model: Pick<ModelDraft, 'id' | 'config'>;
  tokenizer: TokenizerChoice;
  recipe: Recipe;
}

/** Settings of the device, of the run's base or of its text. */
const UNSHARED: ReadonlySet<string> = new Set<RecipeField>(['recompute', 'replay', 'samplePrompt']);
/** Settings whose default depends on others, so a link always holds them. */
const ALWAYS: ReadonlySet<string> = new Set<RecipeField>(['objective', 'learningRate', 'warmup', 'steps', 'batch']);
/** Vocabulary of a link whose tokenizer has a fixed one. */
const UNUSED_VOCABULARY = 1024;

/** Settings of a run; undefined for a fine-tuned run, a classifier, or an imported tokenizer. */
export function settingsOfRun(
  run: { model: ModelChoice; parent?: { how: How }; segments: readonly { recipe: Recipe }[] },
  kind: TokenizerKind,
): LinkedSettings | undefined {
  const { id, config, vocabulary } = run.model;
  if (run.parent?.how === 'fine-tune' || config.classes || isApplied(kind)) return undefined;
  return { model: { id, config }, tokenizer: { kind, vocabulary }, recipe: recipeOf(run) };
}

/** Query of a link, without `#`. Leaves out settings with their default. */
export function queryOf({ model: { id, config }, tokenizer, recipe }: LinkedSettings): string {
  const parts = [`model=${id}`];
  const addSetting = (name: string, value: Size): void => {
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    parts.push(`${flagOf(name)}=${encodeURIComponent(text).replaceAll('%3A', ':')}`);
  };
  const sizes = sizesOf(config);
  for (const name of Object.keys(modelSpec(id).fields)) if (sizes[name] !== undefined) addSetting(name, sizes[name]);
  addSetting('tokenizer', tokenizer.kind === 'bpe' ? `bpe:${tokenizer.vocabulary}` : tokenizer.kind);
  for (const name of Object.keys(fieldsOf(recipe)) as RecipeField[])
    if (!UNSHARED.has(name) && (ALWAYS.has(name) || recipe[name] !== DEFAULT_RECIPE[name]))
      addSetting(name, recipe[name]);
  return parts.join('&');
}

/**
 * @param link an address with the query after `#`, or the query alone
 * @throws HomegrownError `bad-settings` naming the setting that is unknown, repeated or out of range
 */
export function settingsIn(link: string): LinkedSettings {
  const entries = entriesOf(link.slice(link.indexOf('#') + 1).trim());
  const values = new Map(entries);
  const repeated = entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i);
  if (repeated) throw badLink(`has ${repeated[0]} twice`);
  const id = modelIdOf(values.get('model'));
  const spec = modelSpec(id);
  const sizes: [string, Size][] = [];
  const recipe: Record<string, unknown> = { ...DEFAULT_RECIPE };
  const sizeFields: Readonly<Record<string, Field>> = spec.fields;
  const names = new Map([...Object.keys(RECIPE), ...Object.keys(sizeFields)].map((name) => [flagOf(name), name]));
  for (const [flag, value] of values) {
    if (flag === 'model' || flag === 'tokenizer') continue;
    const name = names.get(flag);
    if (name === undefined || UNSHARED.has(name)) throw badLink(`has the unknown setting ${excerpt(flag)}`);
    const isSize = Object.hasOwn(sizeFields, name);
    const field: Field = isSize ? sizeFields[name]! : RECIPE[name as RecipeField];
    const parsed = valueIn(field, flag, value);
    if (isSize) sizes.push([name, parsed]);
    else recipe[name] = parsed;
  }
  const config = usualConfig(spec, Object.fromEntries(sizes));
  const [problem] = spec.problems(config);
  if (problem) throw badLink(`describes a model that can't run: ${problem.message}`);
  return { model: { id, config }, tokenizer: tokenizerIn(values.get('tokenizer')), recipe: recipe as Recipe };
}

/** @returns names and values, decoded */
function entriesOf(query: string): [name: string, value: string][] {
  const parts = query.split('&').filter((part) => part !== '');
  return parts.map((part) => {
    const separator = part.includes('=') ? part.indexOf('=') : part.length;
    try {
      return [decodeURIComponent(part.slice(0, separator)), decodeURIComponent(part.slice(separator + 1))];
    } catch {
      throw badLink(`has ${excerpt(part)}, which isn't encoded as in an address`);
    }
  });
}

function modelIdOf(id: string | undefined): ModelId {
  const modelId = modelIds().find((candidate) => candidate === id);
  if (modelId) return modelId;
  throw badLink(id === undefined ? 'names no model' : `names the unknown model ${excerpt(id)}`);
}

function valueIn(field: Field, flag: string, text: string): Size {
  const isNumber = field.kind === 'whole' || field.kind === 'real';
  const number = text.trim() === '' ? NaN : Number(text);
  const value = isNumber ? number : field.kind === 'switch' && /^(on|off)$/.test(text) ? text === 'on' : text;
  const problem = fieldProblem(field, value);
  if (problem !== null) throw badLink(`has ${flag}=${excerpt(text)}: ${problem}`);
  return value;
}

function tokenizerIn(text: string | undefined): TokenizerChoice {
  const [, kind, digits] = /^([a-z]+)(?::(\d{1,9}))?$/.exec(text ?? '') ?? [];
  const trainedKind = TRAINED_KINDS.find((candidate): candidate is TrainedKind => candidate === kind);
  const vocabulary = digits === undefined ? UNUSED_VOCABULARY : Number(digits);
  const isInRange = vocabulary >= MIN_VOCABULARY && vocabulary <= MAX_VOCABULARY;
  if (trainedKind && (trainedKind === 'bpe' ? digits !== undefined && isInRange : digits === undefined))
    return { kind: trainedKind, vocabulary };
  const range = `bpe:${MIN_VOCABULARY} to bpe:${MAX_VOCABULARY}`;
  throw badLink(
    `${text === undefined ? 'names no tokenizer' : `has tokenizer=${excerpt(text)}`}: use characters, bytes, or ${range}`,
  );
}

/** Shows at most 40 characters of a link's content. */
const excerpt = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const badLink = (what: string): Error =>
  badSettings(`The link ${what}`, 'Your settings are unchanged. Copy the link again, or update the app that opens it.');
