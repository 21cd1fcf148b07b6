/** What a model learns to do. An objective is a file of this folder and a line in index.ts. */
import type { Choice, Fields, ValuesOf } from '../base/field';
import type { Pause } from '../base/job';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { LongTexts } from '../base/longTexts';
import type { InputSpec } from '../gpu/program';
import type { ScaleId } from '../metrics';
import type { LabeledPairs } from '../metrics/labels/counts';
import type { Need } from '../metrics/metric';
import type { Pair } from '../metrics/text/textMetric';
import type { Network } from '../models/network';
import type { Classes, ForwardContext, ModelKind } from '../models/spec';
import type { TokenSource } from '../shards/manifest';
import type { TokenRole } from '../tokenizer/special';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Batch, Batches } from './batch';
import type { BaselineFacts } from './facts';
import type { Shown } from './shown';

/** Kind of training data, which decides what the model is evaluated on. */
export type LearntFrom = 'documents' | 'pairs' | 'chats' | 'labels';

/**
 * How evaluation measures a model: by the likelihood of each token given those before it, by that of masked tokens, by answers to
 * an input, or by the labels of texts.
 */
export type EvaluatedAs = 'nextTokens' | 'maskedTokens' | 'answers' | 'labels';
/** Why evaluation has no figure for what the model predicts, as a sentence. */
export interface Unmeasured {
  unmeasured: string;
}

export interface Objective<F extends Fields = Fields> extends Choice {
  label: string;
  /** Paper or code that defines it. */
  source: string;
  /** The architectures that can learn it. */
  kinds: readonly ModelKind[];
  /** Of what it learns where that is not any document: of those with an input and a target alone, of conversations, or of those with a label. */
  of?: Exclude<LearntFrom, 'documents'>;
  /** Settings of the objective. They join the recipe's other settings: a name is one field, whichever objectives have it. */
  fields: F;
  /** Special tokens that its batches hold, and how many of each: more than one where a role is numbered. */
  roles: Roles;
  /** What its evaluations give, and so which metrics are measured. */
  gives: readonly Need[];
  /** The metric that stands for all where there is room for one. */
  headline: ScaleId;
  /** What is measured is another thing, or a harder one, than what a step learns from, so that the two losses tell no gap. */
  isOtherHeldOut?(settings: ValuesOf<F>): boolean;
  /** Tokens of text that a row of `context` is made from: each part has as many, or its rows are shorter. */
  reach(context: number, settings: ValuesOf<F>): number;
  /** Problems of these settings with this context, one sentence per field; absent: none. */
  problems?(settings: ValuesOf<F>, context: number): readonly { field: Extract<keyof F, string>; message: string }[];
  /**
   * Named arrays of a batch of `rows` rows; their shapes may depend only on these parameters.
   * @param learner the model, for objectives with a different batch for each kind
   */
  inputs(rows: number, context: number, settings: ValuesOf<F>, learner: Learner): InputSpecs;
  /** A part of the data as its batches, which it places itself: by windows (windows.ts), documents or whatever it reads. */
  batches(
    source: TokenSource,
    context: number,
    tokenizer: Tokenizer,
    settings: ValuesOf<F>,
    learner: Learner,
  ): Promise<Batches>;
  /** Rows in which a part is read once, an epoch, as far as its sizes tell; absent, or undefined: as many as have its tokens. */
  epoch?(part: Parted, context: number, settings: ValuesOf<F>): number | undefined;
  /** How a part lies in its rows; absent: end to end. */
  inRows?(
    source: TokenSource,
    context: number,
    tokenizer: Tokenizer,
    settings: ValuesOf<F>,
    learner: Learner,
  ): Promise<InRows | undefined>;
  /** Whether the scripts of the hand-over to PyTorch learn it by these settings; absent: not at all. */
  inPytorch?(settings: ValuesOf<F>): boolean;
  /** How evaluation measures its models, of each of `kinds`. */
  evaluatedAs(kind: ModelKind): EvaluatedAs | Unmeasured;
  /** Losses of models without training: first of a uniform guess, then of models that count more and more. */
  baselines(facts: Chosen): readonly [Baseline, ...Baseline[]];
  /** The same in metrics that no loss tells, by their ids. */
  measuredBaselines?(data: BaselineFacts): readonly MeasuredBaseline[];
  /** What could learn more where a run has levelled off, as a sentence begins; absent: a larger model or a longer context. */
  more?: string;
  /** What is shown at each evaluation. */
  shows: {
    /** In a few words: `the same held-out inputs`. */
    hint: string;
    /** What becomes of the sample prompt, as the hint of its field; absent: it is not looked at where there are data. */
    prompt?: string;
  };
  /** Lazy, so that a page can show all of the above without TensorFlow.js. */
  load(): Promise<Learning<ValuesOf<F>>>;
}

/** What is asked of the model that learns. */
export interface Learner {
  kind: ModelKind;
  /** Of a classifier. */
  classes?: Classes | undefined;
}

/** What a model chooses among, and what is known of its data. */
export interface Chosen {
  vocabulary: number;
  /** Of a classifier, in place of the vocabulary. */
  classes?: Classes | undefined;
  data: BaselineFacts | null;
}

/** What is known of a part before it is read. */
export interface Parted {
  tokens: number;
  /** Unknown where an older build kept no borders. */
  documents?: number | undefined;
}

export interface InRows {
  /** How many there are: those of an epoch. */
  rows: number;
  /** What of it is cut, and what of them is empty; absent: nothing is. */
  words?: string;
  /** Whether something is longer than a row. */
  isCut: boolean;
  /** Of a classifier: texts that are longer than a row; absent if all fit. */
  long?: LongTexts;
}

/** Values of an objective's fields, and any other settings of the recipe. */
export type ObjectiveSettings = Readonly<Record<string, number | boolean | string>>;
export type Roles = Readonly<Partial<Record<TokenRole, number>>>;
export type InputSpecs = Readonly<Record<string, InputSpec>>;
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Learning<Settings = ObjectiveSettings> {
  /**
   * Nats, summed over what is predicted and divided by `weight`: that of all micro-batches of an update, so that their losses
   * and gradients add up. inputs: as `inputs` says; weight [1] int32, positive.
   */
  loss(network: Network, inputs: Tensors, weight: Tensor, context?: ForwardContext): Scalar;
  /** What an evaluation measures of a batch besides, in one pass with the loss; absent where that is all. */
  measure?(network: Network, inputs: Tensors, weight: Tensor): { loss: Scalar; correct: Tensor; scores?: Tensor };
  /** Labels of a batch that was measured, by the scores that `measure` gives of it. */
  labeled?(network: Network, scores: ArrayLike<number>, arrays: Batch['arrays']): LabeledPairs;
  /** Example of what the model has learned, for an evaluation. Deterministic for the same weights. */
  show(network: Network, asked: ToShow, settings: Settings): Promise<Shown>;
  /** Answers to the same inputs of a part each time, with their targets; for metrics of answers. */
  answers?(network: Network, asked: ToAnswer): Promise<readonly Pair[]>;
}

export interface ToShow {
  tokenizer: Tokenizer;
  prompt: string;
  /** The held-out part; absent where a model came without its data. */
  source?: TokenSource | undefined;
  pause?: Pause | undefined;
}

export interface ToAnswer {
  tokenizer: Tokenizer;
  source: TokenSource;
  /** About as many are computed for it as are read to measure the loss. */
  tokens: number;
  pause?: Pause | undefined;
}

export interface MeasuredBaseline {
  /** As in figures.ts of evaluations: `copy`. */
  id: string;
  /** `copying the input` */
  words: string;
  values: Readonly<Record<string, number>>;
}

/** What is reached without learning what there is to learn. */
export interface Baseline {
  /** As in figures.ts of evaluations: `unigram`. */
  id: string;
  /** Nats, as the objective's loss. */
  loss: number;
  /** `a unigram model` */
  words: string;
  /** As short as a chart needs it: `unigram`. */
  label: string;
  /** More of it, in a few words. */
  hint: string;
  /** What a model is at that has not passed it, as a judgement: `Learning which tokens are common`. */
  before: string;
  /** What a model has learned that has passed it: `Knows word pairs`. */
  milestone?: string;
}

/** Checks a statement against its own fields, and holds the one cast to what all share. */
export const defineObjective = <const F extends Fields, const Headline extends ScaleId>(
  stated: Objective<F> & { headline: Headline },
): Objective & { fields: F; headline: Headline } => stated;
