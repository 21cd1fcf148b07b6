/**
 * The models of the export tests: a tiny one for each architecture in the list and for each way in which it can differ, with
 * seeded weights. Nothing is trained. A new architecture gets its rows from its own fields; what no field says is in `NAMED`.
 */
import type { Field } from '../../core/base/field';
import { type ModelId, modelIds, modelSpec } from '../../core/models';
import { usualPooling } from '../../core/models/classes';
import { type BaseConfig, type Classes, type ModelSpec, POOLINGS, usualConfig } from '../../core/models/spec';

export interface Row {
  name: string;
  id: ModelId;
  config: BaseConfig;
  /** A LoRA adapter was tuned on it. */
  isAdapted?: true;
}

/** Sizes by turns: heads of 8 and 16 columns, 1 to 3 layers, one width that isn't a power of two. All are multiples of 32. */
const SIZES: readonly BaseConfig[] = [
  { layers: 2, heads: 4, width: 32, context: 40 },
  { layers: 1, heads: 6, width: 96, context: 48 },
  { layers: 3, heads: 2, width: 32, context: 64 },
];

/** Variants that change several fields at once, or one that isn't a switch or a choice. */
const NAMED: Partial<Record<ModelId, Readonly<Record<string, object>>>> = {
  gpt: { 'inner width of its own, without biases': { hidden: 160, biases: false } },
  llama: {
    'OLMo 2': { qkNorm: 'rows', norm: 'after' },
    'QK-norm of heads, norms after': { qkNorm: 'heads', norm: 'after' },
    'Qwen3, heads wider than the model': { qkNorm: 'heads', headWidth: 32, theta: 100_000 },
    'Mistral, a window of 9': { window: 9 },
    'OLMo 2, a window of 9': { qkNorm: 'rows', norm: 'after', window: 9 },
    'OLMo 2, heads wider than the model': { qkNorm: 'rows', norm: 'after', headWidth: 64 },
    'window of the whole context': { window: 64 },
  },
  t5: { 'T5 1.1, heads wider than the model': { untied: true, scaled: false, headWidth: 24 } },
};
/** Models that also have a classifier. */
const AS_CLASSIFIERS = ['inner width of its own, without biases', 'OLMo 2', 'Mistral, a window of 9'];
/** Models that also have one with an adapter. */
const ADAPTED = ['OLMo 2', 'Qwen3, heads wider than the model'];
/** What goes with a classifier of its own, where no model has one without it. */
const WITH_UNTIED: Partial<Record<ModelId, object>> = { t5: { scaled: false } };
/** Small in place of what a form begins with. */
const SMALL: Partial<Record<ModelId, object>> = {
  llama: { hidden: 96 },
  t5: { hidden: 64, buckets: 8, maxDistance: 16 },
};

const LABELS = ['ham', 'spam', 'für "andere"'];

/** Every row of every architecture in the list, as it is when this is called. */
export const rows = (): readonly Row[] => modelIds().flatMap(rowsOf);

/** The one of an architecture that changes nothing. */
export const plainRow = (id: ModelId): Row => rowsOf(id)[0]!;

export function rowNamed(name: string): Row {
  const found = rows().find((row) => row.name === name);
  if (found) return found;
  throw new Error(
    `No row is called "${name}": ${rows()
      .map((row) => row.name)
      .join('; ')}`,
  );
}

function rowsOf(id: ModelId): readonly Row[] {
  const spec = modelSpec(id);
  const changes: (readonly [string, object])[] = [
    ['plain', {}],
    ...(hasUntied(id) ? [['classifier of its own', { untied: true, ...WITH_UNTIED[id] }] as const] : []),
    ...Object.entries(spec.fields).flatMap(([name, field]) => switched(name, field as Field)),
    ...Object.entries(NAMED[id] ?? {}),
  ];
  const plain = changes.flatMap(([words, change], at): Row[] => {
    const config = { ...usualConfig(spec, { ...SIZES[at % SIZES.length]!, ...SMALL[id] }), ...change };
    return spec.problems(config).length > 0 ? [] : [{ name: `${spec.label}, ${words}`, id, config }];
  });
  if (plain.length === 0) throw new Error(`No row of ${spec.label} fits its own bounds: give it sizes in SMALL`);
  const [first] = plain as [Row];
  const tuned = plain.filter(({ name }) => ADAPTED.some((words) => name === `${spec.label}, ${words}`));
  return [
    ...plain,
    ...classifiers(id, spec, first),
    { ...first, name: `${spec.label}, adapted`, isAdapted: true },
    ...tuned.map((row): Row => ({ ...row, name: `${row.name}, adapted`, isAdapted: true })),
  ];
}

/** Every other position of a switch or a choice. */
function switched(name: string, field: Field): (readonly [string, object])[] {
  if (field.kind === 'switch') return [[`${name}: ${String(!field.initial)}`, { [name]: !field.initial }]];
  if (field.kind !== 'choice') return [];
  return Object.keys(field.of).flatMap((value) =>
    value === field.initial ? [] : [[`${name}: ${value}`, { [name]: value }] as const],
  );
}

const hasUntied = (id: ModelId): boolean => {
  const { params } = modelSpec(id);
  const config = usualConfig(modelSpec(id), SIZES[0]!);
  const names = (of: BaseConfig): string => Object.keys(params(of, 300)).join();
  return names({ ...config, untied: true }) !== names(config);
};

function classifiers(id: ModelId, { label, classes }: ModelSpec, { config }: Row): Row[] {
  if (!classes) return [];
  const of = (words: string, change: Partial<Classes>, more: object = {}): Row => ({
    name: `${label} classifier, ${words}`,
    id,
    config: { ...config, ...more, classes: { labels: LABELS, pooling: usualPooling({ id })!, ...change } },
  });
  return [
    ...POOLINGS.map((pooling) => of(`scores the ${pooling}`, { pooling })),
    of('several labels', { several: true }),
    of('long texts in windows', { inWindows: true }),
    ...Object.entries(NAMED[id] ?? {}).flatMap(([words, change]) =>
      AS_CLASSIFIERS.includes(words) ? [of(words, {}, change)] : [],
    ),
  ];
}
