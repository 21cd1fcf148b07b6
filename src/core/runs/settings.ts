/** Schemas of settings from storage and from external files; parsing makes new objects. */
import type { Json } from '../base/blobStore';
import { currentValue, type Field } from '../base/field';
import { fieldSchema } from '../base/fieldSchema';
import {
  isCount,
  MAX_JSON_BYTES,
  MAX_TOKENIZER_BYTES,
  listOf,
  MAX_LABEL_LENGTH,
  MAX_CLASSIFIER_LABELS,
  MAX_TENSORS,
  MAX_TEXTS,
  MAX_TOKENIZER_ENTRIES,
} from '../base/limits';
import { moment } from '../base/moment';
import { normalizersSchema } from '../base/normalizerSchema';
import { z } from '../base/zod';
import { type AdapterId, adapterOf, ADAPTERS } from '../adapters';
import type { Trainable } from '../adapters/trainable';
import { splitSchema } from '../documents/split';
import { modelIds, modelSpec } from '../models';
import { type BaseConfig, type Classes, POOLINGS, FROZEN_DTYPES } from '../models/spec';
import { baselineFields } from '../objectives/facts';
import { optimizerOf, type OptimizerId } from '../optim';
import { HOW } from './lineage';
import { ROLES, rolesProblem, type TokenRole } from '../tokenizer/special';
import { SPLIT_NAMES, type SplitName } from '../tokenizer/splits';
import {
  type AppliedFiles,
  chatTemplateOf,
  type Elsewhere,
  MAX_TEMPLATE_LENGTH,
  TOKENIZER_KINDS,
  type TokenizerModel,
  TRAINED_KINDS,
  type TrainedKind,
} from '../tokenizer/tokenizer';
import { OPTIMIZER_FIELDS, RECIPE, type Recipe } from '../train/recipe';
import type { ModelChoice } from '../train/run';

const count = z.int().nonnegative();

/** Recipes of older builds may lack fields of optimizers that were added later. */
export const recipeSchema: z.ZodType<Recipe> = z
  .strictObject(
    Object.fromEntries(
      Object.entries(RECIPE).map(([name, field]: [string, Field]) => {
        const schema = fieldSchema(field);
        return [name, Object.hasOwn(OPTIMIZER_FIELDS, name) ? schema.exactOptional() : schema];
      }),
    ),
  )
  .transform((stored, context) => {
    const optimizerFields = optimizerOf(stored['optimizer'] as OptimizerId).fields;
    const values = Object.entries(RECIPE).map(([name, { initial }]) => {
      if (stored[name] === undefined && Object.hasOwn(optimizerFields, name)) context.addIssue(`${name} is missing`);
      return [name, stored[name] ?? initial];
    });
    return Object.fromEntries(values) as Recipe;
  });

/** How to make a tokenizer from texts. */
export interface TokenizerChoice {
  kind: TrainedKind;
  /** Requested vocabulary size; for bpe only. */
  vocabulary: number;
}
export const tokenizerChoiceSchema: z.ZodType<TokenizerChoice> = z.object({
  kind: z.enum(TRAINED_KINDS),
  vocabulary: count.max(2 ** 20),
});

/** Classes of a classifier. */
const classesSchema: z.ZodType<Classes> = z
  .strictObject({
    labels: z.array(z.string().min(1).max(MAX_LABEL_LENGTH)).min(1).max(MAX_CLASSIFIER_LABELS),
    pooling: z.enum(POOLINGS),
    several: z.literal(true).exactOptional(),
    inWindows: z.literal(true).exactOptional(),
  })
  .refine(({ labels }) => new Set(labels).size === labels.length, 'a label appears twice')
  .refine(({ labels, several }) => several === true || labels.length > 1, 'there is only one label');

/** Rule that turns a classifier's scores into an answer. */
export type Decision = z.infer<typeof decisionSchema>;
export const decisionSchema = z.strictObject({
  /** Divides the scores, so that confidence matches accuracy. */
  temperature: z.number().positive().max(1000),
  /** Confidence threshold, 0 to 1: below it there is no answer. */
  atLeast: z.number().min(0).max(1),
  /** Step that the temperature was fitted at; 1 at other steps. Absent: came with the weights, always applies. */
  step: count.exactOptional(),
});
/** Temperature for the scores of a step. */
export const temperatureAt = ({ temperature, step }: Decision, atStep: number): number =>
  step === undefined || step === atStep ? temperature : 1;
export const PLAIN_DECISION: Decision = { temperature: 1, atLeast: 0 };
/** Decision of a run that continues training from these weights: keeps the threshold, and resets the temperature. */
export const decisionOfFork = ({ atLeast }: Decision): Decision => ({ ...PLAIN_DECISION, atLeast });

/** Accepts only sizes that the architecture's spec accepts; nothing is allocated for them yet. */
export const modelSchema: z.ZodType<ModelChoice> = z
  .strictObject({
    id: z.enum(modelIds()),
    config: z
      .object({ untied: z.literal(true).optional(), classes: classesSchema.optional() })
      .catchall(z.union([z.number(), z.boolean(), z.string().max(100)])),
    vocabulary: z
      .int()
      .min(257)
      .max(2 ** 20),
  })
  .transform(({ id, config: { untied, classes, ...sizesInRecord }, vocabulary }, context): ModelChoice => {
    const spec = modelSpec(id);
    for (const key of Object.keys(sizesInRecord))
      if (!Object.hasOwn(spec.fields, key)) context.addIssue(`${key} isn't a setting of this architecture`);
    const sizes = Object.fromEntries(
      Object.entries(spec.fields).map(([name, field]: [string, Field]) => [
        name,
        currentValue(field, sizesInRecord[name] ?? field.absent ?? NaN),
      ]),
    );
    const config = { ...(sizes as unknown as BaseConfig), ...(untied && { untied }), ...(classes && { classes }) };
    if (classes && !spec.classes) context.addIssue(`${spec.label} can't classify texts`);
    for (const { message } of spec.problems(config)) context.addIssue(message);
    return { id, config, vocabulary };
  });

const namesSchema = listOf(z.string().max(1000), MAX_TENSORS);
const adapterSchema = z
  .strictObject({ id: z.enum(Object.keys(ADAPTERS) as AdapterId[]), settings: z.looseObject({}), beside: namesSchema })
  .transform((stored, context): NonNullable<Trainable['adapter']> => {
    const fields: Readonly<Record<string, Field>> = adapterOf(stored.id).fields;
    const schema = z.strictObject(
      Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    );
    const settings = schema.safeParse(stored.settings);
    if (!settings.success) context.addIssue(`its adapter: ${settings.error.issues[0]?.message ?? 'unknown'}`);
    return { ...stored, settings: settings.data } as unknown as NonNullable<Trainable['adapter']>;
  });
/** Trainable part of a model. `partsOf` checks that the model has these weights. */
export const trainableSchema: z.ZodType<Trainable> = z.strictObject({
  weights: namesSchema,
  adapter: adapterSchema.exactOptional(),
  rest: z.enum(FROZEN_DTYPES).exactOptional(),
});

/** For an imported run: the step of the run that it was started from. */
export const beganSchema = z.strictObject({
  step: count,
  how: z.enum(HOW).exclude(['import']),
  name: z.string().transform((name) => name.slice(0, 1000)),
});

/** Average of weights: the step it was made at, the other model's name, and that model's share, 0 to 1. */
export const mixedSchema = z.strictObject({
  name: z.string().max(1000),
  share: z.number().min(0).max(1),
  step: count,
});

export const rolesSchema: z.ZodType<readonly TokenRole[]> = listOf(z.enum(ROLES), MAX_TOKENIZER_ENTRIES).refine(
  (roles) => rolesProblem(roles) === null,
  { error: ({ input }) => rolesProblem(input as readonly TokenRole[]) ?? '' },
);
const isPair = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isCount);
const mergesSchema = listOf(z.tuple([count, count]), MAX_TOKENIZER_ENTRIES, isPair);
const isText = (value: unknown): value is string => typeof value === 'string';
const elsewhereSchema: z.ZodType<Elsewhere> = z.strictObject({
  split: z.enum(SPLIT_NAMES),
  spellings: listOf(z.string(), MAX_TOKENIZER_ENTRIES, isText),
  added: listOf(
    z.strictObject({
      id: count,
      special: z.boolean(),
      single_word: z.boolean(),
      lstrip: z.boolean(),
      rstrip: z.boolean(),
      normalized: z.boolean(),
      role: z.enum(ROLES).exactOptional(),
    }),
    MAX_TOKENIZER_ENTRIES,
  ),
  names: z.record(z.string(), z.string()),
  ignoresMerges: z.literal(true).exactOptional(),
  begin: count.exactOptional(),
});
const appliedSchema: z.ZodType<AppliedFiles> = z.strictObject({
  json: z.string().max(MAX_TOKENIZER_BYTES),
  config: z.string().max(MAX_JSON_BYTES).exactOptional(),
  rows: z.int().positive().max(MAX_TOKENIZER_ENTRIES),
});
/** Parts stored in separate records. */
export const tokenizerParts = {
  merges: mergesSchema,
  chatTemplate: z.string().max(MAX_TEMPLATE_LENGTH).exactOptional(),
  elsewhere: elsewhereSchema.exactOptional(),
  applied: appliedSchema.exactOptional(),
};
const tokenizerFields = {
  kind: z.enum(TOKENIZER_KINDS),
  roles: rolesSchema.exactOptional(),
  normalizers: normalizersSchema.exactOptional(),
};
export const tokenizerModelSchema: z.ZodType<TokenizerModel> = z.strictObject({
  ...tokenizerFields,
  ...tokenizerParts,
});
/** Tokenizer whose parts may be stored separately; `split`: its split pattern, if it isn't ours. */
export type TokenizerSummary = Omit<TokenizerModel, 'merges'> &
  Partial<Pick<TokenizerModel, 'merges'>> & { split?: SplitName };
/** Chat template, if it is short enough for the summary. */
export function storableTemplate(summary: TokenizerSummary): string | undefined {
  const template = chatTemplateOf(summary);
  return template !== undefined && template.length <= MAX_TEMPLATE_LENGTH ? template : undefined;
}
/** Description of a tokenizer without its files. */
export function tokenizerFacts(summary: TokenizerSummary) {
  const { kind, roles, elsewhere, split = elsewhere?.split, normalizers } = summary;
  const chatTemplate = storableTemplate(summary);
  return {
    tokenizer: kind,
    ...(roles && { roles }),
    ...(split && { split }),
    ...(normalizers && { normalizers }),
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
}
export const tokenizerSummarySchema: z.ZodType<TokenizerSummary> = z.strictObject({
  ...tokenizerFields,
  merges: mergesSchema.exactOptional(),
  chatTemplate: z.string().max(MAX_TEMPLATE_LENGTH).exactOptional(),
  elsewhere: elsewhereSchema.exactOptional(),
  applied: appliedSchema.exactOptional(),
  split: z.enum(SPLIT_NAMES).exactOptional(),
});

/** `documents`: absent if an older build didn't count them. */
const partSchema = z.strictObject({ tokens: count, bytes: count, documents: count.exactOptional() });

/** Facts of a run's training data, without the text itself. */
export type DataFacts = z.infer<typeof dataFactsSchema>;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const trainingTextsSchema = listOf(
  z.strictObject({
    name: z.string(),
    characters: count,
    sha256,
    licence: z.string().optional(),
    /** For a cleaned text: hash of the original text; the recipe's name, and its hash. */
    cleaned: z.strictObject({ from: sha256, by: z.string(), recipe: sha256 }).exactOptional(),
  }),
  MAX_TEXTS,
);
/**
 * Documents of a text, by its hash: a column for each field, in document order. For a cleaned text they are the
 * original's, with its hash; `leftOut` has the indices of documents that a person left out.
 */
export type DocumentLists = z.infer<typeof documentListsSchema>;
export const documentListsSchema = listOf(
  z
    .strictObject({
      text: sha256,
      title: listOf(z.string().max(1000), MAX_TEXTS),
      sha256: listOf(sha256, MAX_TEXTS),
      leftOut: listOf(count, MAX_TEXTS).exactOptional(),
    })
    .refine(({ title, sha256 }) => title.length === sha256.length, 'its columns differ in length'),
  MAX_TEXTS,
);
export const dataFactsSchema = z.strictObject({
  texts: trainingTextsSchema,
  /** Hash of the texts in order, as in the shards' manifest. */
  textHash: z.string(),
  split: splitSchema,
  /** `test` only if requested. */
  parts: z.strictObject({ train: partSchema, validation: partSchema, test: partSchema.exactOptional() }),
  ...baselineFields,
});

/** Upgrades facts from the first version of records. Invalid values stay, and the schema reports them. */
export function upgradeFacts(old: Json | undefined): Json | undefined {
  if (!isObject(old)) return old;
  const { trainTokens, trainBytes, validationTokens, validationBytes, validationShare, eachText, ...facts } = old;
  const isSeveral = Array.isArray(facts['texts']) && facts['texts'].length > 1;
  return {
    ...facts,
    split: { rule: isSeveral && eachText !== true ? 'end' : 'ends', validation: validationShare!, test: 0, seed: 0 },
    parts: {
      train: { tokens: trainTokens!, bytes: trainBytes! },
      validation: { tokens: validationTokens!, bytes: validationBytes! },
    },
  };
}

export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Origin of a model that was imported without its recipe. */
export const originSchema = z.strictObject({
  /** Name of the imported file. */
  name: z.string().max(1000),
  /** Facts that the file states: its name and its license. */
  title: z.string().max(1000).exactOptional(),
  licence: z.string().max(1000).exactOptional(),
  /** Facts that the file lacked, and their replacement. */
  lacks: z.string().max(1000).exactOptional(),
  /** Milliseconds since 1970. */
  importedAt: moment,
});
