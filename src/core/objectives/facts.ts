/** What is measured of the data's two parts once, for the baselines of all objectives, under the names that it is stored by. */
import { MAX_CLASSIFIER_LABELS } from '../base/limits';
import { z } from '../base/zod';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { unigramAccuracy, unigramLoss } from './unigram';

export type BaselineFacts = z.infer<typeof factsSchema>;

// Not a z.record, which leaves `__proto__` out: a label may have any name.
const countsSchema = z
  .custom<Readonly<Record<string, number>>>(isOfCounts, "it isn't a table of counts")
  // Besides labels how many have none of them, where a text may have several.
  .refine((counts) => Object.keys(counts).length <= MAX_CLASSIFIER_LABELS + 1, 'it has more labels than a classifier');

function isOfCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((count) => Number.isSafeInteger(count) && count > 0);
}

/** How many texts have a label, whatever that is called. */
export const countOf = (counts: Readonly<Record<string, number>>, label: string): number =>
  Object.hasOwn(counts, label) ? counts[label]! : 0;

const topSchema = z.object({ top1: z.int().nonnegative(), top5: z.int().nonnegative() });

/** Fields of a record of data. */
export const baselineFields = {
  /** Nats per token of always guessing by frequency. */
  unigramLoss: z.number(),
  /**
   * Nats per token of the validation set by models that count rows of tokens (nGrams.ts). Absent in records of older builds, and if
   * the training part is too long to count.
   */
  nGrams: z.object({ unigram: z.number(), bigram: z.number(), trigram: z.number() }).exactOptional(),
  /** Tokens of the validation set that are the most probable, or among the five most probable, by the same models. */
  nGramTop: z.object({ unigram: topSchema, bigram: topSchema, trigram: topSchema }).exactOptional(),
  /** Percent of held-out tokens of text that always guessing the commonest finds; older builds did not measure it. */
  unigramAccuracy: z.number().exactOptional(),
  /** Where documents have an input and a target: the same of the tokens of targets, and by metric what giving the input back scores. */
  pairs: z.object({ unigramLoss: z.number(), copied: z.record(z.string(), z.number()) }).exactOptional(),
  /**
   * Where documents have labels: how many of each part have each, and of several `|` how many have none. `accuracy`: percent of the
   * validation set by the majority class and by naive Bayes; absent in records of older builds, and if the texts are too long to count.
   */
  labels: z
    .object({
      train: countsSchema,
      validation: countsSchema,
      accuracy: z.object({ majority: z.number(), naiveBayes: z.number() }).exactOptional(),
    })
    .exactOptional(),
};
const factsSchema = z.object(baselineFields);

/** How often each id occurs in each part; both [vocabulary]. */
export const measureFacts = (
  train: ArrayLike<number>,
  validation: ArrayLike<number>,
  tokenizer: Pick<Tokenizer, 'bytes'>,
): BaselineFacts => ({
  unigramLoss: unigramLoss(train, validation),
  unigramAccuracy: unigramAccuracy(train, validation, (id) => tokenizer.bytes(id).length > 0),
});

/** Those of a record that has more. */
export const baselineFacts = (record: BaselineFacts): BaselineFacts => factsSchema.parse(record);
