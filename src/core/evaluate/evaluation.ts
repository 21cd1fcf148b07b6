/** What an evaluation tells: plain data, as terminals print it, workers send it and pages store it. No TensorFlow.js. */
import { z } from '../base/zod';
import { taskScoresSchema } from './tasks';

/** A value and its 95 % confidence interval, where one is known. */
const figure = z.object({
  value: z.number(),
  low: z.number().exactOptional(),
  high: z.number().exactOptional(),
  unit: z.string(),
});
export type Figure = z.infer<typeof figure>;

/** The mean loss of some tokens, in nats. */
const share = { loss: z.number(), tokens: z.int().nonnegative() };
/** Of those whose position, or count, is from `from` to `to`, both among them. */
const range = z.object({ from: z.int().nonnegative(), to: z.int().nonnegative(), ...share });

const whereSchema = z.object({
  /** By the place in what the model reads at once, counted from 1. */
  position: z.array(range),
  /** By how often the token occurs in the training data; absent where that is unknown. */
  frequency: z.array(range).exactOptional(),
  /** By what the token stands for: names of TOKEN_KINDS. */
  kind: z.array(z.object({ kind: z.string(), ...share })),
  /** By the text that the document is of, the worst first. */
  source: z.array(z.object({ name: z.string(), ...share })),
  /** The worst documents: their place among those measured, and how they begin. */
  document: z.array(z.object({ document: z.int().nonnegative(), source: z.string(), begins: z.string(), ...share })),
});
export type Where = z.infer<typeof whereSchema>;

/** Some tokens in a row of a document. */
const passage = z.object({
  source: z.string(),
  /** Place of the document among those measured. */
  document: z.int().nonnegative(),
  /** Of its first token in what the model reads at once, counted from 1. */
  position: z.int().positive(),
  /** Nats per token. */
  loss: z.number(),
  /**
   * `text`: empty if a token only begins a character; the token that ends the character has all of it. `loss`: nats; absent
   * for tokens that an encoder was shown. `kind`: of TOKEN_KINDS. `count`: in the training data.
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

/** Over pairs of sentences: percent of those whose first is the likelier one. */
const preference = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  pairs: z.int().positive(),
  margin: z.number(),
});
const kinds = z.record(z.string(), preference);
/** Says which list was asked: of another, this is out of date. Absent where an older build did not say. */
const listHash = z.string().exactOptional();
const sentencePair = z.object({ kind: z.string(), first: z.string(), second: z.string() });

/** What a classifier made of texts that have labels: a column an item of all of them, in the order of their places. */
const labelledSchema = z.object({
  /** In the order of the classifier's scores. */
  labels: z.array(z.string()),
  /** What scores are divided by, so that it is as sure as it is right (Guo et al. 2017): fitted on these texts, 1 where they are too few. */
  temperature: z.number(),
  /** Expected calibration error in percent: as trained, and scaled by temperatures fitted on other texts. */
  calibrationError: z.object({ asItLearnt: z.number(), scaled: z.number() }),
  /** Which document of the data each text is. */
  place: z.array(z.int().nonnegative()),
  /** Places of labels: what stands in the data, and what was given. Where a text has several, of each text a list. */
  wanted: z.array(z.union([z.int(), z.array(z.int())])),
  given: z.array(z.union([z.int(), z.array(z.int())])),
  /** How sure it was of what it gave, and of what stands in the data, 0 to 1, by the temperature. */
  sure: z.array(z.number()),
  sureOfWanted: z.array(z.number()),
  /** How likely a label had to be to be given; absent: nothing was said. */
  atLeast: z.number().exactOptional(),
  /** Where texts may have several labels, how likely each is, [texts, labels], by the temperature; absent where they are too many. */
  probabilities: z.array(z.array(z.number())).exactOptional(),
  /** Of how many texts not all was read, since they are longer than the context. */
  cut: z.int().nonnegative(),
});
export type LabelledTexts = z.infer<typeof labelledSchema>;

export const evaluationSchema = z.object({
  /** What was measured: its tokens, documents (of pairs: pairs) and UTF-8 bytes. */
  tokens: z.int().nonnegative(),
  documents: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** It was pairs. An older build did not say. */
  ofPairs: z.literal(true).exactOptional(),
  /** By the ids of FIGURES. */
  metrics: z.record(z.string(), figure),
  /** By the names of BASELINES: what needs no model, in the same figures. */
  baselines: z.record(z.string(), z.record(z.string(), z.number())),
  /** What was not measured, and why, in a sentence. */
  leftOut: z.array(z.object({ name: z.string(), reason: z.string() })),
  /** By how sure the model was of its likeliest token, in equal steps from 0 to 1: how sure on average, and how often right. */
  calibration: z
    .object({ bins: z.array(z.object({ confidence: z.number(), accuracy: z.number(), count: z.int().nonnegative() })) })
    .exactOptional(),
  /** Of labels: how often each was given where each was wanted, [wanted, given]. */
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.int().nonnegative())) }).exactOptional(),
  /** Of a classifier. */
  labelled: labelledSchema.exactOptional(),
  where: whereSchema.exactOptional(),
  passages: z.object({ worst: z.array(passage), best: z.array(passage), random: z.array(passage) }).exactOptional(),
  /** `missed`: pairs whose second sentence is the likelier one. */
  minimalPairs: z.object({ all: preference, kinds, missed: z.array(sentencePair), listHash }).exactOptional(),
  /** Of unlike kinds together they tell nothing. */
  swaps: z.object({ kinds, listHash }).exactOptional(),
  /** Custom tasks, by name. */
  tasks: z.array(taskScoresSchema).exactOptional(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
