/** Settings as they come back from storage and from other people's files: checked, into fresh objects. */
import { listOf, MOST_SEGMENTS, MOST_TEXTS, MOST_TOKENS } from '../base/limits';
import { moment } from '../base/moment';
import { z } from '../base/zod';
import { MODELS, modelSpec, type ModelId } from '../models';
import type { BaseConfig } from '../models/spec';
import { OBJECTIVES, type ObjectiveId } from '../objectives';
import { baselineFields } from '../objectives/facts';
import { ROLES, rolesProblem, type TokenRole } from '../tokenizer/special';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import type { Recipe } from '../train/recipe';
import type { ModelChoice } from '../train/run';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

export const recipeSchema: z.ZodType<Recipe> = z.strictObject({
  objective: z.enum(Object.keys(OBJECTIVES) as [ObjectiveId, ...ObjectiveId[]]).default('causal'), // runs from before there were others
  optimizer: z.enum(['adamw', 'sgd']),
  learningRate: z.number().nonnegative().max(10),
  schedule: z.enum(['cosine', 'linear', 'constant']),
  warmup: count,
  finalRate: share,
  steps: count,
  batch: z.int().min(1).max(65_536),
  accumulate: z.int().min(1).max(65_536).default(1), // runs from before there was accumulation
  recompute: z.boolean().default(false),
  weightDecay: z.number().nonnegative(),
  beta1: share,
  beta2: share,
  epsilon: z.number().nonnegative(),
  momentum: share,
  clip: z.number().nonnegative(),
  dropout: z.number().min(0).lt(1),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  evalEvery: z.int().positive(),
  evalTokens: z.int().positive(),
  saveEvery: z.int().positive(),
  samplePrompt: z.string().max(100_000),
});

/** Only sizes that the architecture's own spec has no objection to; nothing has been allocated for them yet. */
export const modelSchema: z.ZodType<ModelChoice> = z
  .strictObject({
    id: z.enum(Object.keys(MODELS) as [ModelId, ...ModelId[]]),
    config: z.object({ untied: z.literal(true).optional() }).catchall(z.number()),
    vocabulary: z
      .int()
      .min(257)
      .max(2 ** 20),
  })
  .transform(({ id, config: { untied, ...given }, vocabulary }, context): ModelChoice => {
    const spec = modelSpec(id);
    for (const key of Object.keys(given))
      if (!Object.hasOwn(spec.fields, key)) context.addIssue(`${key} is no size of this architecture`);
    const sizes = Object.fromEntries(Object.keys(spec.fields).map((field) => [field, given[field] ?? NaN]));
    const config = { ...(sizes as unknown as BaseConfig), ...(untied && { untied }) };
    for (const { message } of spec.problems(config)) context.addIssue(message);
    return { id, config, vocabulary };
  });

export const rolesSchema: z.ZodType<readonly TokenRole[]> = listOf(z.enum(ROLES), MOST_TOKENS).refine(
  (roles) => rolesProblem(roles) === null,
  { error: ({ input }) => rolesProblem(input as readonly TokenRole[]) ?? '' },
);
export const tokenizerModelSchema: z.ZodType<TokenizerModel> = z.strictObject({
  kind: z.enum(['bpe', 'characters', 'bytes']),
  merges: listOf(z.tuple([count, count]), MOST_TOKENS),
  roles: rolesSchema.exactOptional(),
});

/** What a run learnt from, told without the text itself. */
export type DataFacts = z.infer<typeof dataFactsSchema>;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const dataFactsSchema = z.strictObject({
  texts: listOf(
    z.strictObject({ name: z.string(), characters: count, sha256, licence: z.string().optional() }),
    MOST_TEXTS,
  ),
  /** Hash of the texts in order, as in the shards' manifest. */
  textHash: z.string(),
  trainTokens: count,
  trainBytes: count,
  validationTokens: count,
  validationBytes: count,
  validationShare: share,
  /** Each text's own end is held out, as in the shards' manifest; absent = the end of them all. */
  eachText: z.literal(true).exactOptional(),
  ...baselineFields,
});

/** What a run learnt from before it went on with other data, and the last step of that; null where it is not known. */
export const earlierSchema = listOf(z.strictObject({ until: count, data: dataFactsSchema.nullable() }), MOST_SEGMENTS);
/** Where a model is from that was brought in without a word on how it was made: what its recipe was is not known. */
export const originSchema = z.strictObject({
  /** Of the file it came in. */
  name: z.string().max(1000),
  /** Milliseconds since 1970. */
  importedAt: moment,
});
