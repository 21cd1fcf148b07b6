/**
 * Models of the export tests: a tiny one for each architecture in the list and each of its variants, with seeded random
 * weights. Nothing is trained. A new architecture gets its rows from its own fields; `NAMED_VARIANTS` has further variants.
 */
import type { Field } from '../../core/base/field';
import { type ModelId, modelIds, modelSpec } from '../../core/models';
import { usualPooling } from '../../core/models/classes';
import { type BaseConfig, type Classes, type ModelSpec, POOLINGS, usualConfig } from '../../core/models/spec';

export interface Row {
  name: string;
  id: ModelId;
  config: BaseConfig;
  /** Whether a LoRA adapter was tuned on it. */
  isAdapted?: true;
}

/** Sizes in turn: heads of 8 and 16 columns, 1 to 3 layers, widths that are multiples of 32, one no power of two. */
const SIZES: readonly BaseConfig[] = [
  { layers: 2, heads: 4, width: 32, context: 40 },
  { layers: 1, heads: 6, width: 96, context: 48 },
  { layers: 3, heads: 2, width: 32, context: 64 },
];

/** Variants that change several fields at once, or one that isn't a switch or a choice. */
const NAMED_VARIANTS: Partial<Record<ModelId, Readonly<Record<string, object>>>> = {
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
/** Models that also have a classifier variant. */
const AS_CLASSIFIERS = ['inner width of its own, without biases', 'OLMo 2', 'Mistral, a window of 9'];
/** Models that also have a variant with an adapter. */
const ADAPTED = ['OLMo 2', 'Qwen3, heads wider than the model'];
/** Required settings of an untied output layer, if no real model has one without them. */
const WITH_UNTIED: Partial<Record<ModelId, object>> = { t5: { scaled: false } };
/** Small sizes in place of the initial ones. */
const SMALL: Partial<Record<ModelId, object>> = {
  llama: { hidden: 96 },
  t5: { hidden: 64, buckets: 8, maxDistance: 16 },
};

const LABELS = ['ham', 'spam', 'für "andere"'];

/** All rows of all architectures currently in the list. */
export const rows = (): readonly Row[] => modelIds().flatMap(rowsOf);

/** Row of an architecture without changes. */
export const plainRow = (id: ModelId): Row => rowsOf(id)[0]!;

export function rowNamed(name: string): Row {
  const match = rows().find((row) => row.name === name);
  if (match) return match;
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
    ...Object.entries(spec.fields).flatMap(([name, field]) => fieldVariants(name, field as Field)),
    ...Object.entries(NAMED_VARIANTS[id] ?? {}),
  ];
  const variants = changes.flatMap(([words, change], index): Row[] => {
    const config = { ...usualConfig(spec, { ...SIZES[index % SIZES.length]!, ...SMALL[id] }), ...change };
    return spec.problems(config).length > 0 ? [] : [{ name: `${spec.label}, ${words}`, id, config }];
  });
  if (variants.length === 0) throw new Error(`No row of ${spec.label} fits its own bounds: give it sizes in SMALL`);
  const [first] = variants as [Row];
  const adapted = variants.filter(({ name }) => ADAPTED.some((words) => name === `${spec.label}, ${words}`));
  return [
    ...variants,
    ...classifiers(id, spec, first),
    { ...first, name: `${spec.label}, adapted`, isAdapted: true },
    ...adapted.map((row): Row => ({ ...row, name: `${row.name}, adapted`, isAdapted: true })),
  ];
}

/** All other values of a switch or a choice. */
function fieldVariants(name: string, field: Field): (readonly [string, object])[] {
  if (field.kind === 'switch') return [[`${name}: ${String(!field.initial)}`, { [name]: !field.initial }]];
  if (field.kind !== 'choice') return [];
  return Object.keys(field.of).flatMap((value) =>
    value === field.initial ? [] : [[`${name}: ${value}`, { [name]: value }] as const],
  );
}

const hasUntied = (id: ModelId): boolean => {
  const { params } = modelSpec(id);
  const config = usualConfig(modelSpec(id), SIZES[0]!);
  const names = (variant: BaseConfig): string => Object.keys(params(variant, 300)).join();
  return names({ ...config, untied: true }) !== names(config);
};

function classifiers(id: ModelId, { label, classes }: ModelSpec, { config }: Row): Row[] {
  if (!classes) return [];
  const of = (words: string, change: Partial<Classes>, sizes: object = {}): Row => ({
    name: `${label} classifier, ${words}`,
    id,
    config: { ...config, ...sizes, classes: { labels: LABELS, pooling: usualPooling({ id })!, ...change } },
  });
  return [
    ...POOLINGS.map((pooling) => of(`scores the ${pooling}`, { pooling })),
    of('several labels', { several: true }),
    of('long texts in windows', { inWindows: true }),
    ...Object.entries(NAMED_VARIANTS[id] ?? {}).flatMap(([words, change]) =>
      AS_CLASSIFIERS.includes(words) ? [of(words, {}, change)] : [],
    ),
  ];
}
