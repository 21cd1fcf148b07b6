/** Result of an evaluation: plain data that terminals print, workers send and pages store. No TensorFlow.js. */
import { z } from '../base/zod';
import { taskScoresSchema } from './tasks';

/** A value and its 95 % confidence interval, if known. */
const figure = z.object({
  value: z.number(),
  low: z.number().exactOptional(),
  high: z.number().exactOptional(),
  unit: z.string(),
});
export type Figure = z.infer<typeof figure>;

/** Mean loss of a group of tokens, in nats. */
const share = { loss: z.number(), tokens: z.int().nonnegative() };
/** Tokens whose position, or count, is from `from` to `to`, inclusive. */
const range = z.object({ from: z.int().nonnegative(), to: z.int().nonnegative(), ...share });

const whereSchema = z.object({
  /** By position in the model's input, from 1. */
  position: z.array(range),
  /** By frequency of the token in the training data; absent if unknown. */
  frequency: z.array(range).exactOptional(),
  /** By kind of token: names of TOKEN_KINDS. */
  kind: z.array(z.object({ kind: z.string(), ...share })),
  /** By the document's text, worst first. */
  source: z.array(z.object({ name: z.string(), ...share })),
  /** Worst documents: index among the evaluated ones, and their first characters. */
  document: z.array(z.object({ document: z.int().nonnegative(), source: z.string(), begins: z.string(), ...share })),
});
export type Where = z.infer<typeof whereSchema>;

/** Consecutive tokens of a document. */
const passage = z.object({
  source: z.string(),
  /** Index of the document among the evaluated ones. */
  document: z.int().nonnegative(),
  /** Position of its first token in the model's input, from 1. */
  position: z.int().positive(),
  /** Nats per token. */
  loss: z.number(),
  /**
   * `text`: empty if a token only begins a character; the token that ends it has the whole character. `loss`: nats;
   * absent for unmasked tokens of an encoder. `kind`: of TOKEN_KINDS. `count`: in the training data.
   */
  tokens: z.array(
    z.object({
      text: z.string(),
      loss: z.number().exactOptional(),
      kind: z.string(),
      count: z.int().nonnegative().exactOptional(),
    }),
  ),
});
export type Passage = z.infer<typeof passage>;

/** Preferences over pairs of sentences: percentage whose first sentence is likelier. */
const preference = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  pairs: z.int().positive(),
  margin: z.number(),
});
const kinds = z.record(z.string(), preference);
/** Hash of the list: the result is out of date for another. Absent in results of older builds. */
const listHash = z.string().exactOptional();
const sentencePair = z.object({ kind: z.string(), first: z.string(), second: z.string() });

/** A classifier's results on labeled texts: columns with an item for each text, in the order of their places. */
const labeledSchema = z.object({
  /** In the order of the classifier's scores. */
  labels: z.array(z.string()),
  /**
   * Divides the logits so that confidence matches accuracy (Guo et al. 2017): fitted on these texts, 1 if they are too
   * few.
   */
  temperature: z.number(),
  /** Expected calibration error in percent: as trained, and scaled by temperatures fitted on other texts. */
  calibrationError: z.object({ asItLearnt: z.number(), scaled: z.number() }),
  /** Index of each text's document in the data. */
  place: z.array(z.int().nonnegative()),
  /** Indices of expected and predicted labels; for multilabel classifiers, a list for each text. */
  wanted: z.array(z.union([z.int(), z.array(z.int())])),
  given: z.array(z.union([z.int(), z.array(z.int())])),
  /** Temperature-scaled confidence in the prediction and in the expected label, 0 to 1. */
  sure: z.array(z.number()),
  sureOfWanted: z.array(z.number()),
  /** Confidence threshold of a label, 0 to 1; absent: none. */
  atLeast: z.number().exactOptional(),
  /**
   * For multilabel classifiers, temperature-scaled probabilities, [texts, labels]; absent if there are too many.
   */
  probabilities: z.array(z.array(z.number())).exactOptional(),
  /** Number of truncated texts, which are longer than the context. */
  cut: z.int().nonnegative(),
});
export type LabeledTexts = z.infer<typeof labeledSchema>;

export const evaluationSchema = z.object({
  /** Size of the evaluated data: tokens, documents (or pairs) and UTF-8 bytes. */
  tokens: z.int().nonnegative(),
  documents: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Whether the data were pairs; absent in results of older builds. */
  ofPairs: z.literal(true).exactOptional(),
  /** Metrics by the ids of FIGURES. */
  metrics: z.record(z.string(), figure),
  /** Baselines without a model, by the names of BASELINES, with the same figures. */
  baselines: z.record(z.string(), z.record(z.string(), z.number())),
  /** Figures that were left out, each with its reason in a sentence. */
  leftOut: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** By confidence in the likeliest token, in equal bins from 0 to 1: mean confidence and accuracy. */
  calibration: z
    .object({ bins: z.array(z.object({ confidence: z.number(), accuracy: z.number(), count: z.int().nonnegative() })) })
    .exactOptional(),
  /** Confusion matrix of labels: counts [expected, predicted]. */
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.int().nonnegative())) }).exactOptional(),
  /** Present for a classifier. */
  labelled: labeledSchema.exactOptional(),
  where: whereSchema.exactOptional(),
  passages: z.object({ worst: z.array(passage), best: z.array(passage), random: z.array(passage) }).exactOptional(),
  /** `missed`: pairs whose second sentence is likelier. */
  minimalPairs: z.object({ all: preference, kinds, missed: z.array(sentencePair), listHash }).exactOptional(),
  /** By kind only: a sum over different kinds has no meaning. */
  swaps: z.object({ kinds, listHash }).exactOptional(),
  /** Custom tasks, by name. */
  tasks: z.array(taskScoresSchema).exactOptional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
