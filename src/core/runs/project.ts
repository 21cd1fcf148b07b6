/**
 * What a person is making: its name, the artefact of each stage, and the choices for the next run. It lies under one key
 * with a revision that counts its saves; a save over one that another tab has made since is refused, and the two are
 * merged field by field.
 */
import type { BlobStore, Json, Stored } from '../base/blobStore';
import { HomegrownError, toFailure } from '../base/errors';
import { isUnreadable, type Kind, parseRecord, storedRecord, type Unreadable } from '../base/record';
import { z } from '../base/zod';
import { baselineFields, type BaselineFacts } from '../objectives/facts';
import { shardManifest, type ShardManifest } from '../shards/manifest';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe, RECOMPUTE_CHOICES, type RecomputeChoice } from '../train/recipe';
import { initialModel, type ModelDraft, modelDraftSchema } from './modelDraft';
import { recipeSchema, tokenizerModelSchema } from './settings';

export interface Project {
  name: string;
  tokenizerChoice: TokenizerChoice;
  tokenizer: TokenizerRecord | null;
  validationShare: number;
  data: DataRecord | null;
  model: ModelDraft;
  /** `recompute` is what `recompute` below has it, which decides. */
  recipe: Recipe;
  recompute: RecomputeChoice;
  /** The learning rate is not what is usual, so that another optimizer leaves it alone. */
  rateByHand: boolean;
  /** The run that Train, Playground and Export show. */
  runId: string | null;
}

export interface TokenizerChoice {
  kind: 'bpe' | 'characters' | 'bytes';
  /** Asked for; for bpe only. */
  vocabulary: number;
}

export interface TokenizerRecord {
  model: TokenizerModel;
  hash: string;
  size: number;
  /** What was asked for; `size` is smaller when the text has no more pairs to merge. */
  asked: number;
  /** Ids of the texts it was trained on, in order. */
  texts: readonly string[];
  bytesPerToken: number;
  unusedEntries: number;
}

export interface DataRecord extends BaselineFacts {
  /** Ids of the texts, in order, and the tokenizer that cut them. */
  texts: readonly string[];
  tokenizerHash: string;
  manifest: ShardManifest;
  /** Nats per token by which the held-out part's frequencies differ from the training part's; older builds did not measure it. */
  divergence?: number;
  validationShare: number;
}

export const UNTITLED = 'Untitled';

export const initialProject = (): Project => ({
  name: UNTITLED,
  tokenizerChoice: { kind: 'bpe', vocabulary: 1024 },
  tokenizer: null,
  validationShare: 0.1,
  data: null,
  model: initialModel(),
  recipe: DEFAULT_RECIPE,
  recompute: 'auto',
  rateByHand: false,
  runId: null,
});

/** The project as it was last read or saved, and what lies in the store for it. */
export interface KeptProject {
  project: Project;
  stored: Stored | undefined;
  /** Why `project` is not, or not all, what is stored. */
  problem: HomegrownError | undefined;
}

/** Never fails for what is stored: what cannot be read of it is as in a new project, and is told. */
export async function readProject(store: BlobStore): Promise<KeptProject> {
  let stored: Stored | undefined;
  try {
    stored = await store.get(KEY);
    if (stored === undefined) return { project: initialProject(), stored, problem: undefined };
    return { ...open(parseRecord(stored, KEY, PROJECT)), stored };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { project: initialProject(), stored, problem: error };
  }
}

/**
 * Saves over `kept`, and puts that aside first if it could not be read.
 * @returns undefined when something else is stored by now: read it, merge, and save again
 */
export async function saveProject(
  store: BlobStore,
  kept: KeptProject,
  project: Project,
): Promise<KeptProject | undefined> {
  const stored = storedRecord(PROJECT, { ...project, revision: revisionOf(kept.stored) + 1 });
  const put: [string, Stored][] = [[KEY, stored]];
  const expect: [string, Json | undefined][] = [[KEY, kept.stored as Json | undefined]];
  if (kept.problem && kept.stored !== undefined) {
    const aside = `${SET_ASIDE}${(await store.keys(SET_ASIDE)).length + 1}`;
    put.push([aside, kept.stored]);
    expect.push([aside, undefined]);
  }
  return (await store.commit({ put, expect })) ? { project, stored, problem: undefined } : undefined;
}

/** Projects that could not, or not wholly, be read: the one that is there, and those that were put aside. */
export async function unreadableProjects(store: BlobStore): Promise<readonly Unreadable[]> {
  const { problem } = await readProject(store);
  const aside = await Promise.all(
    (await store.keys(SET_ASIDE)).map(async (key) => {
      const { problem: reason } = await readProject({ ...store, get: () => store.get(key) });
      return { key, reason: reason ?? new HomegrownError('storage-damaged', 'The project could not be read') };
    }),
  );
  return [...(problem ? [{ key: KEY, reason: problem }] : []), ...aside].map(({ key, reason }) => {
    return { key, failure: toFailure(reason) };
  });
}

/** What two tabs made of `base`: every field that one of them changed, and `mine` where both did. */
export function mergeProjects(base: Project, mine: Project, theirs: Project): Project {
  const merged = mergeFields(base, mine, theirs);
  const isOneArchitecture = [mine, theirs].every(({ model }) => same(model.id, base.model.id));
  const others = mergeFields(base.model.others ?? {}, mine.model.others ?? {}, theirs.model.others ?? {});
  return {
    ...merged,
    tokenizerChoice: mergeFields(base.tokenizerChoice, mine.tokenizerChoice, theirs.tokenizerChoice),
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
  (Object.keys(FIELDS) as (keyof Project)[]).filter((key) => !same(a[key], b[key]));

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

function mergeFields<T extends object>(base: T, mine: T, theirs: T): T {
  const keys = Object.keys({ ...theirs, ...mine }) as (keyof T)[];
  return Object.fromEntries(keys.map((key) => [key, (same(mine[key], base[key]) ? theirs : mine)[key]])) as T;
}

function mergeSets(base: readonly string[], mine: readonly string[], theirs: readonly string[]): readonly string[] {
  const kept = theirs.filter((item) => mine.includes(item) || !base.includes(item));
  return [...kept, ...mine.filter((item) => !base.includes(item) && !kept.includes(item))];
}

/** Field by field, each as in a new project where it cannot be read. What this version has no name for is kept. */
function open({ version: _, revision: __, ...stored }: z.infer<typeof frame>): Omit<KeptProject, 'stored'> {
  const project: Record<string, unknown> = { ...stored, ...initialProject() };
  const lost: string[] = [];
  for (const key of Object.keys(FIELDS) as (keyof Project)[]) {
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
  `Of the project this cannot be read: ${fields.join(', ')}. It is as in a new one`;

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
const dataRecord: z.ZodType<DataRecord> = z.looseObject({
  texts,
  tokenizerHash: z.string(),
  manifest: shardManifest,
  ...baselineFields,
  divergence: z.number().exactOptional(),
  validationShare: z.number(),
});
const FIELDS = {
  name: z.string(),
  tokenizerChoice: z.object({ kind: z.enum(['bpe', 'characters', 'bytes']), vocabulary: count.max(2 ** 20) }),
  tokenizer: tokenizerRecord.nullable(),
  validationShare: z.number().gt(0).max(0.5),
  data: dataRecord.nullable(),
  model: modelDraftSchema,
  recipe: recipeSchema,
  recompute: z.enum(RECOMPUTE_CHOICES),
  rateByHand: z.boolean(),
  runId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullable(),
} as const satisfies Record<keyof Project, z.ZodType>;

const frame = z.looseObject({ version: z.literal(1).optional(), revision: count.optional().catch(undefined) });
const revisionOf = (stored: Stored | undefined): number => frame.safeParse(stored).data?.revision ?? 0;

/** Its fields are read one by one, so that one that cannot be read does not take the others along. */
export const PROJECT: Kind<z.infer<typeof frame>> = {
  what: () => 'The project',
  version: 1,
  schema: frame,
  upgrades: [],
};

const KEY = 'project';
const SET_ASIDE = 'set-aside/project/';
