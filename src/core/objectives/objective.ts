/** Training objectives. To add one, write its file and add a line to index.ts. */
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
export type TrainingSource = 'documents' | 'pairs' | 'chats' | 'labels';

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
  /** Architectures that support it. */
  kinds: readonly ModelKind[];
  /** Kind of data that it requires, if not any documents: inputs with targets, conversations, or labeled texts. */
  of?: Exclude<TrainingSource, 'documents'>;
  /** Settings of the objective. They join the recipe's other settings: a name is one field, whichever objectives have it. */
  fields: F;
  /** Special tokens in its batches, and how many of each: several if a role is numbered. */
  roles: Roles;
  /** Results of its evaluations, which decide the metrics. */
  gives: readonly Need[];
  /** Metric to show if there is room for only one. */
  headline: ScaleId;
  /** Whether evaluation measures something else, or harder, than training, so that the losses show no generalization gap. */
  isOtherHeldOut?(settings: ValuesOf<F>): boolean;
  /** Tokens of text per row of `context`: a part needs as many, or its rows are shorter. */
  reach(context: number, settings: ValuesOf<F>): number;
  /** Problems of these settings with this context, one sentence per field; absent: none. */
  problems?(settings: ValuesOf<F>, context: number): readonly { field: Extract<keyof F, string>; message: string }[];
  /**
   * Named arrays of a batch of `rows` rows; their shapes may depend only on these parameters.
   * @param learner the model, for objectives with a different batch for each kind
   */
  inputs(rows: number, context: number, settings: ValuesOf<F>, learner: Learner): InputSpecs;
  /** Batches of a part. The objective chooses how to cut it: windows (windows.ts), documents or others. */
  batches(
    source: TokenSource,
    context: number,
    tokenizer: Tokenizer,
    settings: ValuesOf<F>,
    learner: Learner,
  ): Promise<Batches>;
  /** Rows in an epoch, as far as sizes tell; absent or undefined: as many as have its tokens. */
  epoch?(part: Parted, context: number, settings: ValuesOf<F>): number | undefined;
  /** Layout of a part in its rows; absent: consecutive windows. */
  inRows?(
    source: TokenSource,
    context: number,
    tokenizer: Tokenizer,
    settings: ValuesOf<F>,
    learner: Learner,
  ): Promise<InRows | undefined>;
  /** Whether the exported PyTorch scripts support these settings; absent: never. */
  inPytorch?(settings: ValuesOf<F>): boolean;
  /** How evaluation measures models of each of `kinds`. */
  evaluatedAs(kind: ModelKind): EvaluatedAs | Unmeasured;
  /** Losses of models without training: first a uniform guess, then increasingly better counting models. */
  baselines(facts: Chosen): readonly [Baseline, ...Baseline[]];
  /** Baselines in metrics that don't follow from a loss, by their ids. */
  measuredBaselines?(data: BaselineFacts): readonly MeasuredBaseline[];
  /**
   * Suggestion for a run whose loss has leveled off, as the beginning of a sentence; absent: a larger model or a longer
   * context.
   */
  more?: string;
  /** Example shown at each evaluation. */
  shows: {
    /** Short description: `the same held-out inputs`. */
    hint: string;
    /** Use of the sample prompt, as the hint of its field; absent: it is only used without data. */
    prompt?: string;
  };
  /** Loads lazily, so that a page can show all of the above without TensorFlow.js. */
  load(): Promise<Learning<ValuesOf<F>>>;
}

/** Properties of the trained model that an objective depends on. */
export interface Learner {
  kind: ModelKind;
  /** Present for a classifier. */
  classes?: Classes | undefined;
}

/** Number of choices of a model, and facts of its data. */
export interface Chosen {
  vocabulary: number;
  /** Present for a classifier, replacing the vocabulary. */
  classes?: Classes | undefined;
  data: BaselineFacts | null;
}

/** Size of a part, known before it is read. */
export interface Parted {
  tokens: number;
  /** Unknown if an older build stored no borders. */
  documents?: number | undefined;
}

export interface InRows {
  /** Number of rows in an epoch. */
  rows: number;
  /** Truncation and padding in words; absent: none. */
  words?: string;
  /** Whether anything is longer than a row. */
  isCut: boolean;
  /** For a classifier: texts longer than a row; absent if all fit. */
  long?: LongTexts;
}

/** Values of an objective's fields, and any other settings of the recipe. */
export type ObjectiveSettings = Readonly<Record<string, number | boolean | string>>;
export type Roles = Readonly<Partial<Record<TokenRole, number>>>;
export type InputSpecs = Readonly<Record<string, InputSpec>>;
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Learning<Settings = ObjectiveSettings> {
  /**
   * Nats, summed over all predictions and divided by `weight`, the total over an update's micro-batches, so that their losses
   * and gradients add up. inputs: as in `inputs`; weight [1] int32, positive.
   */
  loss(network: Network, inputs: Tensors, weight: Tensor, context?: ForwardContext): Scalar;
  /** Other results of an evaluation batch, in one pass with the loss; absent if there are none. */
  measure?(network: Network, inputs: Tensors, weight: Tensor): { loss: Scalar; correct: Tensor; scores?: Tensor };
  /** Labels of a batch by the scores from `measure`. */
  labeled?(network: Network, scores: ArrayLike<number>, arrays: Batch['arrays']): LabeledPairs;
  /** Example of what the model has learned, for an evaluation. Deterministic for the same weights. */
  show(network: Network, asked: ToShow, settings: Settings): Promise<Shown>;
  /** Answers to the same inputs of a part each time, with their targets; for metrics of answers. */
  answers?(network: Network, asked: ToAnswer): Promise<readonly Pair[]>;
}

export interface ToShow {
  tokenizer: Tokenizer;
  prompt: string;
  /** Held-out part; absent for a model imported without data. */
  source?: TokenSource | undefined;
  pause?: Pause | undefined;
}

export interface ToAnswer {
  tokenizer: Tokenizer;
  source: TokenSource;
  /** Approximate token budget: as many as the loss evaluation reads. */
  tokens: number;
  pause?: Pause | undefined;
}

export interface MeasuredBaseline {
  /** Id in figures.ts of evaluations: `copy`. */
  id: string;
  /** `copying the input` */
  words: string;
  values: Readonly<Record<string, number>>;
}

/** Performance of a model without training. */
export interface Baseline {
  /** Id in figures.ts of evaluations: `unigram`. */
  id: string;
  /** Nats, like the objective's loss. */
  loss: number;
  /** `a unigram model` */
  words: string;
  /** Short label for charts: `unigram`. */
  label: string;
  /** Short description. */
  hint: string;
  /** Status of a model that has not reached it yet: `Learning which tokens are common`. */
  before: string;
  /** Status of a model that has passed it: `Knows word pairs`. */
  milestone?: string;
}

/** Checks an objective's definition against its own fields, and casts it to the common type. */
export const defineObjective = <const F extends Fields, const Headline extends ScaleId>(
  stated: Objective<F> & { headline: Headline },
): Objective & { fields: F; headline: Headline } => stated;
