/** Facts of the training and validation set for the baselines of all objectives, by their stored names. */
import { MAX_CLASSIFIER_LABELS } from '../base/limits';
import { z } from '../base/zod';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { unigramAccuracy, unigramLoss } from './unigram';

export type BaselineFacts = z.infer<typeof factsSchema>;

// A z.record would drop `__proto__`, and a label may have any name.
const countsSchema = z
  .custom<Readonly<Record<string, number>>>(isOfCounts, "it isn't a table of counts")
  // One extra entry counts texts without labels, if a text may have several.
  .refine((counts) => Object.keys(counts).length <= MAX_CLASSIFIER_LABELS + 1, 'it has more labels than a classifier');

function isOfCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((count) => Number.isSafeInteger(count) && count > 0);
}

/** Number of texts with a label, which may have any name. */
export const countOf = (counts: Readonly<Record<string, number>>, label: string): number =>
  Object.hasOwn(counts, label) ? counts[label]! : 0;

const topSchema = z.object({ top1: z.int().nonnegative(), top5: z.int().nonnegative() });

/** Fields of a record of data. */
export const baselineFields = {
  /** Nats per token of a unigram model. */
  unigramLoss: z.number(),
  /**
   * Nats per token of n-gram models on the validation set (nGrams.ts). Absent in records of older builds, and if a part
   * is too long to count.
   */
  nGrams: z.object({ unigram: z.number(), bigram: z.number(), trigram: z.number() }).exactOptional(),
  /** Top-1 and top-5 hits of the same models on the validation set, in tokens. */
  nGramTop: z.object({ unigram: topSchema, bigram: topSchema, trigram: topSchema }).exactOptional(),
  /** Accuracy of always guessing the most common token, in percent of text tokens; absent in older records. */
  unigramAccuracy: z.number().exactOptional(),
  /** For documents with an input and a target: unigram loss on targets, and scores of copying the input, by metric. */
  pairs: z.object({ unigramLoss: z.number(), copied: z.record(z.string(), z.number()) }).exactOptional(),
  /**
   * For documents with labels: number of documents per label in each part; with several labels, `|` counts those
   * without any. `accuracy`: of the majority class and of naive Bayes, in percent of the validation set; absent in
   * records of older builds, and if the texts are too long to count.
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

/** Measures unigram facts. @param train count of each id, [vocabulary]. @param validation likewise */
export const measureFacts = (
  train: ArrayLike<number>,
  validation: ArrayLike<number>,
  tokenizer: Pick<Tokenizer, 'bytes'>,
): BaselineFacts => ({
  unigramLoss: unigramLoss(train, validation),
  unigramAccuracy: unigramAccuracy(train, validation, (id) => tokenizer.bytes(id).length > 0),
});

/** Picks the baseline facts from a larger record. */
export const baselineFacts = (record: BaselineFacts): BaselineFacts => factsSchema.parse(record);
