/** What a person is making: its name, the artefact of each stage, and the choices for the next run. */
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
  /** Where it lies says it. */
  id: string;
  /** Milliseconds since 1970; 0 for one from before they were kept. */
  createdAt: number;
  openedAt: number;
  name: string;
  tokenizerChoice: TokenizerChoice;
  tokenizer: TokenizerRecord | null;
  /** The recipe that its texts are, or are to be, cleaned by, as `clean/recipe` reads it; null until one is looked at. */
  cleaning: Readonly<Record<string, unknown>> | null;
  split: SplitChoice;
  data: DataRecord | null;
  model: ModelDraft;
  /** `recompute` is what `recompute` below has it, which decides. */
  recipe: Recipe;
  recompute: RecomputeChoice;
  /** The learning rate is not what is usual, so that another optimizer leaves it alone. */
  rateByHand: boolean;
  /** How long the next run may take, and what its power costs. */
  plan: PlanChoice;
  /** How the next tuning is set. */
  tuning: TuningChoice;
  /** Default run in Train, Evaluate, Playground and Export. */
  runId: string | null;
  /** The run that others are compared with. */
  baseline: string | null;
  /** The saved step that a person picked last, and its run; null if none was. */
  picked: PickedStep | null;
  /** Files of the last drop that were not added; null if all were. */
  lastDrop: KeptDrop | null;
  /** The columns that were chosen for its tables, the newest first. */
  givenColumns: readonly GivenColumns[];
  /** Since when it is hidden, until it is purged or restored. */
  removedAt?: number;
}

export type { TokenizerChoice };

export interface PickedStep {
  runId: string;
  which: WhichSnapshot;
}

export interface PlanChoice {
  minutes: number;
  /** Of the machine at work; null: as is assumed of its kind. */
  watts: number | null;
  /** Of a kilowatt-hour. */
  price: number;
}

export interface TokenizerRecord {
  model: TokenizerModel;
  hash: string;
  size: number;
  /** What was asked for; `size` is smaller when the text has no more pairs to merge. */
  asked: number;
  /** The texts that it was trained on, in order, as `textRef` says them. */
  texts: readonly string[];
  bytesPerToken: number;
  unusedEntries: number;
}

export interface DataRecord extends BaselineFacts {
  /** The texts, in order, as `textRef` says them, and the tokenizer that cut them. */
  texts: readonly string[];
  tokenizerHash: string;
  manifest: ShardManifest;
  /** Nats per token by which the held-out part's frequencies differ from the training part's; older builds did not measure it. */
  divergence?: number;
}

export const UNTITLED = 'Untitled';
/** The id of the project that an empty store begins with, and of the one from before there were several. */
export { FIRST_PROJECT };

export const initialProject = (id: string = FIRST_PROJECT, at = 0): Project => ({
  id,
  createdAt: at,
  openedAt: at,
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

/** What two tabs made of `base`: every field that one of them changed, and `mine` where both did. */
export function mergeProjects(base: Project, mine: Project, theirs: Project): Project {
  const merged = mergeFields(base, mine, theirs);
  const isOneArchitecture = [mine, theirs].every(({ model }) => same(model.id, base.model.id));
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
    ...(isOneArchitecture && {
      model: {
        ...mine.model,
        config: mergeFields(base.model.config, mine.model.config, theirs.model.config),
        byHand: mergeSets(base.model.byHand, mine.model.byHand, theirs.model.byHand),
        ...(Object.keys(others).length > 0 && { others }),
      },
    }),
  };
}

/** The fields of `a` that differ in `b`. */
export const changedFields = (a: Project, b: Project): readonly (keyof Project)[] =>
  FIELD_NAMES.filter((key) => !same(a[key], b[key]));

/**
 * Field by field, each as in a new project where it cannot be read, which `problem` tells. What this version has no name
 * for is kept.
 */
export function openFields(
  id: string,
  { version: _, revision: __, ...stored }: StoredProject,
): { project: Project; problem: HomegrownError | undefined } {
  const project: Record<string, unknown> = { ...stored, ...initialProject(id) };
  const lost: string[] = [];
  for (const key of FIELD_NAMES) {
    if (stored[key] === undefined) continue; // from before there was such a field
    const value = key === 'recipe' ? openRecipe(stored.recipe, lost) : FIELDS[key].safeParse(stored[key]).data;
    if (value === undefined) lost.push(key);
    else project[key] = value;
  }
  // From before the choice: only one that was made is known for one.
  if (stored.recompute === undefined && (project.recipe as Recipe).recompute) project.recompute = 'on';
  if (stored['rateByHand'] === undefined)
    project.rateByHand = (project.recipe as Recipe).learningRate !== DEFAULT_RECIPE.learningRate;
  const problem = lost.length > 0 ? new HomegrownError('storage-damaged', notRead(lost)) : undefined;
  return { project: project as unknown as Project, problem };
}

/** Setting by setting: one that is out of its bounds does not take the others along. */
function openRecipe(stored: unknown, lost: string[]): Recipe | undefined {
  const settings = z.looseObject({}).safeParse(stored);
  if (!settings.success) return undefined;
  let recipe = DEFAULT_RECIPE;
  for (const key of Object.keys(DEFAULT_RECIPE)) {
    const value = settings.data[key];
    if (value === undefined) continue;
    const changed = recipeSchema.safeParse({ ...recipe, [key]: value });
    if (changed.success) recipe = changed.data;
    else lost.push(`recipe.${key}`);
  }
  return recipe;
}

const notRead = (fields: readonly string[]): string =>
  `Couldn’t read ${fields.join(', ')} of the project. These have the values of a new one`;

const count = z.int().nonnegative();
const texts = z.array(z.string());
const tokenizerRecord: z.ZodType<TokenizerRecord> = z.looseObject({
  model: tokenizerModelSchema,
  hash: z.string(),
  size: z
    .int()
    .min(257)
    .max(2 ** 20),
  asked: count,
  texts,
  bytesPerToken: z.number(),
  unusedEntries: count,
});
const dataRecord: z.ZodType<DataRecord> = z
  .looseObject({
    texts,
    tokenizerHash: z.string(),
    manifest: inlineManifest,
    ...baselineFields,
    divergence: z.number().exactOptional(),
    validationShare: z.number().exactOptional(),
  })
  .transform(({ validationShare, manifest, ...data }): DataRecord => {
    if (validationShare === undefined) return { ...data, manifest };
    // The manifest did not say the share, nor of how many texts it is.
    const rule = data.texts.length > 1 ? manifest.split.rule : 'ends';
    return { ...data, manifest: { ...manifest, split: { ...manifest.split, rule, validation: validationShare } } };
  });
/** Ten weeks. */
const MAX_MINUTES = 100_000;
const runId = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .nullable();
/** All but the id. */
/** One that can't be read is no reason to put the project aside: the default step is used. */
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
  // Lists that can't be read are no reason to put the project aside.
  lastDrop: keptDropSchema.nullable().catch(null),
  givenColumns: givenColumnsSchema.catch([]),
  removedAt: storedMoment,
} as const satisfies Record<Exclude<keyof Project, 'id'>, z.ZodType>;
const FIELD_NAMES = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

const storedProject = z.looseObject({
  version: z.int().optional(),
  revision: count.optional().catch(undefined),
});
/** Its fields are read one by one: this is all that makes it a project. */
type StoredProject = z.infer<typeof storedProject>;
export const PROJECT: Kind<StoredProject> = {
  what: () => 'The project',
  version: 2,
  schema: storedProject,
  upgrades: [toSplit],
};

/** There was one, with one share that is held out. */
function toSplit({ validationShare, ...project }: JsonObject): JsonObject {
  if (validationShare === undefined) return project;
  return { ...project, split: { ...initialProject().split, validation: validationShare } };
}
