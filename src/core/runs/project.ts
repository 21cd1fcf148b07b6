/** A person's project: name, artifact of each stage, and settings of the next run. */
import { HomegrownError } from '../base/errors';
import { storedMoment } from '../base/moment';
import type { JsonObject, Kind } from '../base/record';
import { z } from '../base/zod';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { type KeptDrop, keptDropSchema } from '../documents/keptDrop';
import { FIRST_PROJECT } from '../documents/record';
import type { SplitChoice } from '../documents/split';
import { baselineFields, type BaselineFacts } from '../objectives/facts';
import { inlineManifest, type ShardManifest } from '../shards/manifest';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe, RECOMPUTE_CHOICES, type RecomputeChoice } from '../train/recipe';
import { type GivenColumns, givenColumnsSchema } from './givenColumns';
import { mergeCleaning } from './mergeCleaning';
import { mergeFields, mergeSets, same } from './mergeFields';
import { initialModel, type ModelDraft, modelDraftSchema } from './modelDraft';
import { recipeSchema, type TokenizerChoice, tokenizerChoiceSchema, tokenizerModelSchema } from './settings';
import { initialTuning, type TuningChoice, tuningSchema } from './tuning';

export interface Project {
  /** Id, from the project's key. */
  id: string;
  /** Milliseconds since 1970; 0 for projects from before this was stored. */
  createdAt: number;
  openedAt: number;
  name: string;
  tokenizerChoice: TokenizerChoice;
  tokenizer: TokenizerRecord | null;
  /** Cleaning recipe for its texts, in the form that `clean/recipe` reads; null until a person opens one. */
  cleaning: Readonly<Record<string, unknown>> | null;
  split: SplitChoice;
  data: DataRecord | null;
  model: ModelDraft;
  /** Recipe of the next run; its `recompute` follows from the field `recompute` below. */
  recipe: Recipe;
  recompute: RecomputeChoice;
  /** Whether a person changed the default learning rate; a change of optimizer then keeps it. */
  rateByHand: boolean;
  /** Time budget of the next run, and the electricity price. */
  plan: PlanChoice;
  /** Settings of the next tuning. */
  tuning: TuningChoice;
  /** Default run in Train, Evaluate, Playground and Export. */
  runId: string | null;
  /** Run that others are compared with. */
  baseline: string | null;
  /** Saved step that a person picked last, with its run; null if none. */
  picked: PickedStep | null;
  /** Files of the last drop that were not added; null if all were. */
  lastDrop: KeptDrop | null;
  /** Columns that a person chose for its tables, newest first. */
  givenColumns: readonly GivenColumns[];
  /** Time of its removal; it is hidden until it is purged or restored. */
  removedAt?: number;
}

export type { TokenizerChoice };

export interface PickedStep {
  runId: string;
  which: WhichSnapshot;
}

export interface PlanChoice {
  minutes: number;
  /** Power of the training device; null: the default for its kind. */
  watts: number | null;
  /** Price per kilowatt-hour. */
  price: number;
}

export interface TokenizerRecord {
  model: TokenizerModel;
  hash: string;
  size: number;
  /** Requested size; `size` is smaller if the text has no more pairs to merge. */
  asked: number;
  /** Texts that it was trained on, in order, as `textRef` identifies them. */
  texts: readonly string[];
  bytesPerToken: number;
  unusedEntries: number;
}

export interface DataRecord extends BaselineFacts {
  /** Texts in order, as `textRef` identifies them, and the tokenizer that encoded them. */
  texts: readonly string[];
  tokenizerHash: string;
  manifest: ShardManifest;
  /** Difference of token frequencies between held-out and training part, in nats per token; absent in older builds. */
  divergence?: number;
}

export const UNTITLED = 'Untitled';
/** Id of the project of an empty store, and of the only project of older builds. */
export { FIRST_PROJECT };

export const initialProject = (id: string = FIRST_PROJECT, createdAt = 0): Project => ({
  id,
  createdAt,
  openedAt: createdAt,
  name: UNTITLED,
  tokenizerChoice: { kind: 'bpe', vocabulary: 1024 },
  tokenizer: null,
  cleaning: null,
  split: { validation: 0.1, test: 0, seed: 0 },
  data: null,
  model: initialModel(),
  recipe: DEFAULT_RECIPE,
  recompute: 'auto',
  rateByHand: false,
  plan: { minutes: 5, watts: null, price: 0.3 },
  tuning: initialTuning(),
  runId: null,
  baseline: null,
  picked: null,
  lastDrop: null,
  givenColumns: [],
});

/** Merges two tabs' changes of `base`: takes every field that only one changed, and `mine` where both did. */
export function mergeProjects(base: Project, mine: Project, theirs: Project): Project {
  const merged = mergeFields(base, mine, theirs);
  const isSameArchitecture = [mine, theirs].every(({ model }) => same(model.id, base.model.id));
  const others = mergeFields(base.model.others ?? {}, mine.model.others ?? {}, theirs.model.others ?? {});
  return {
    ...merged,
    tokenizerChoice: mergeFields(base.tokenizerChoice, mine.tokenizerChoice, theirs.tokenizerChoice),
    split: mergeFields(base.split, mine.split, theirs.split),
    plan: mergeFields(base.plan, mine.plan, theirs.plan),
    cleaning: mergeCleaning(base.cleaning, mine.cleaning ?? base.cleaning, theirs.cleaning),
    tuning: {
      ...mergeFields(base.tuning, mine.tuning, theirs.tuning),
      recipe: mergeFields(base.tuning.recipe, mine.tuning.recipe, theirs.tuning.recipe),
      classify: {
        ...mergeFields(base.tuning.classify, mine.tuning.classify, theirs.tuning.classify),
        recipe: mergeFields(base.tuning.classify.recipe, mine.tuning.classify.recipe, theirs.tuning.classify.recipe),
      },
    },
    recipe: mergeFields(base.recipe, mine.recipe, theirs.recipe),
    ...(isSameArchitecture && {
      model: {
        ...mine.model,
        config: mergeFields(base.model.config, mine.model.config, theirs.model.config),
        byHand: mergeSets(base.model.byHand, mine.model.byHand, theirs.model.byHand),
        ...(Object.keys(others).length > 0 && { others }),
      },
    }),
  };
}

/** Fields of `a` that differ in `b`. */
export const changedFields = (a: Project, b: Project): readonly (keyof Project)[] =>
  FIELD_NAMES.filter((key) => !same(a[key], b[key]));

/**
 * Reads field by field. Unreadable fields get their initial value, and `problem` names them. Keeps fields that this version
 * doesn't know.
 */
export function openFields(
  id: string,
  { version: _, revision: __, ...stored }: StoredProject,
): { project: Project; problem: HomegrownError | undefined } {
  const project: Record<string, unknown> = { ...stored, ...initialProject(id) };
  const unreadableFields: string[] = [];
  for (const key of FIELD_NAMES) {
    if (stored[key] === undefined) continue; // older builds lack the field
    const value =
      key === 'recipe' ? openRecipe(stored.recipe, unreadableFields) : FIELDS[key].safeParse(stored[key]).data;
    if (value === undefined) unreadableFields.push(key);
    else project[key] = value;
  }
  // Older builds lacked the setting: only a true value was chosen by a person.
  if (stored.recompute === undefined && (project.recipe as Recipe).recompute) project.recompute = 'on';
  if (stored['rateByHand'] === undefined)
    project.rateByHand = (project.recipe as Recipe).learningRate !== DEFAULT_RECIPE.learningRate;
  const problem =
    unreadableFields.length > 0
      ? new HomegrownError('storage-damaged', unreadableMessage(unreadableFields))
      : undefined;
  return { project: project as unknown as Project, problem };
}

/** Reads setting by setting: an invalid one doesn't affect the others. */
function openRecipe(stored: unknown, unreadableFields: string[]): Recipe | undefined {
  const settings = z.looseObject({}).safeParse(stored);
  if (!settings.success) return undefined;
  let recipe = DEFAULT_RECIPE;
  for (const key of Object.keys(DEFAULT_RECIPE)) {
    const value = settings.data[key];
    if (value === undefined) continue;
    const changed = recipeSchema.safeParse({ ...recipe, [key]: value });
    if (changed.success) recipe = changed.data;
    else unreadableFields.push(`recipe.${key}`);
  }
  return recipe;
}

const unreadableMessage = (fields: readonly string[]): string =>
  `Couldn’t read ${fields.join(', ')} of the project. These have the values of a new one`;

const count = z.int().nonnegative();
const textRefs = z.array(z.string());
const tokenizerRecord: z.ZodType<TokenizerRecord> = z.looseObject({
  model: tokenizerModelSchema,
  hash: z.string(),
  size: z
    .int()
    .min(257)
    .max(2 ** 20),
  asked: count,
  texts: textRefs,
  bytesPerToken: z.number(),
  unusedEntries: count,
});
const dataRecord: z.ZodType<DataRecord> = z
  .looseObject({
    texts: textRefs,
    tokenizerHash: z.string(),
    manifest: inlineManifest,
    ...baselineFields,
    divergence: z.number().exactOptional(),
    validationShare: z.number().exactOptional(),
  })
  .transform(({ validationShare, manifest, ...data }): DataRecord => {
    if (validationShare === undefined) return { ...data, manifest };
    // Older manifests had neither the share nor the number of texts.
    const rule = data.texts.length > 1 ? manifest.split.rule : 'ends';
    return { ...data, manifest: { ...manifest, split: { ...manifest.split, rule, validation: validationShare } } };
  });
/** Ten weeks, in minutes. */
const MAX_MINUTES = 100_000;
const runId = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .nullable();
/** Ignores an unreadable value instead of setting the project aside: the default step is used. */
const pickedSchema: z.ZodType<PickedStep> = z.object({
  runId: z.string().max(200),
  which: z.union([z.enum(['latest', 'best']), count]),
});

const FIELDS = {
  createdAt: storedMoment,
  openedAt: storedMoment,
  name: z.string(),
  tokenizerChoice: tokenizerChoiceSchema,
  tokenizer: tokenizerRecord.nullable(),
  cleaning: z.record(z.string(), z.unknown()).nullable(),
  split: z.object({
    validation: z.number().gt(0).max(0.5),
    test: z.number().nonnegative().max(0.5),
    seed: z.int(),
  }),
  data: dataRecord.nullable(),
  model: modelDraftSchema,
  recipe: recipeSchema,
  recompute: z.enum(RECOMPUTE_CHOICES),
  rateByHand: z.boolean(),
  plan: z.object({
    minutes: z.number().positive().max(MAX_MINUTES),
    watts: z.number().nonnegative().max(1e5).nullable(),
    price: z.number().nonnegative().max(1e6),
  }),
  tuning: tuningSchema,
  runId,
  baseline: runId,
  picked: pickedSchema.nullable().catch(null),
  // Ignores unreadable lists instead of setting the project aside.
  lastDrop: keptDropSchema.nullable().catch(null),
  givenColumns: givenColumnsSchema.catch([]),
  removedAt: storedMoment,
} as const satisfies Record<Exclude<keyof Project, 'id'>, z.ZodType>;
const FIELD_NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

const storedProject = z.looseObject({
  version: z.int().optional(),
  revision: count.optional().catch(undefined),
});
/** Minimal form of a project; its fields are read one by one. */
type StoredProject = z.infer<typeof storedProject>;
export const PROJECT: Kind<StoredProject> = {
  what: () => 'The project',
  version: 2,
  schema: storedProject,
  upgrades: [upgradeToSplit],
};

/** Earlier versions had a single held-out share. */
function upgradeToSplit({ validationShare, ...project }: JsonObject): JsonObject {
  if (validationShare === undefined) return project;
  return { ...project, split: { ...initialProject().split, validation: validationShare } };
}
