/** What a model learns to do. An objective is a file of this folder and a line in index.ts. */
import type { Pause } from '../base/job';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { InputSpec } from '../gpu/program';
import type { ScaleId } from '../metrics';
import type { Need } from '../metrics/metric';
import type { Network } from '../models/network';
import type { ForwardContext, ModelKind } from '../models/spec';
import type { TokenSource } from '../shards/manifest';
import type { TokenRole } from '../tokenizer/special';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { BaselineFacts } from './facts';

export interface Objective {
  label: string;
  /** Paper or code that defines it. */
  source: string;
  /** The architectures that can learn it. */
  kinds: readonly ModelKind[];
  /** Special tokens that its batches hold. */
  roles: readonly TokenRole[];
  /** What its evaluations give, and so which metrics are measured. */
  gives: readonly Need[];
  /** The metric that stands for all where there is room for one. */
  headline: ScaleId;
  /** Tokens of text that a window reads beyond its context. */
  ahead: number;
  /** The named arrays of a batch of `rows` windows of `context` tokens; rows lie one after another in each. */
  inputs(rows: number, context: number): InputSpecs;
  /** The batch at a place. A pure function of source, place and the ids of its special tokens. */
  batch(source: TokenSource, at: Place, special: SpecialIds): Promise<Batch>;
  /** What a model need not learn anything for, the worst first: that of guessing blindly. */
  baselines(facts: { vocabulary: number; data: BaselineFacts | null }): readonly [Baseline, ...Baseline[]];
  /** Lazy, so that a page can show all of the above without TensorFlow.js. */
  load(): Promise<Learning>;
}

/** Ids by role. */
export type SpecialIds = Pick<Tokenizer, 'idOf'>;

/** Windows of text, and what makes randomness of an objective's own. */
export interface Place {
  /** Where each window begins, in tokens. */
  starts: readonly number[];
  context: number;
  seed: number;
  /** 0 where it is evaluated. */
  step: number;
}

export type InputSpecs = Readonly<Record<string, InputSpec>>;
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Batch {
  arrays: Readonly<Record<string, Float32Array | Int32Array>>;
  /** How many it predicts: what the mean of their losses weighs where it is joined with others. */
  weight: number;
}

/** A loss' input besides the arrays of a batch: what it divides the sum by. */
export const DIVISOR = { weight: { shape: [1], dtype: 'int32' } } as const;
export const divisor = (weight: number) => ({ weight: Int32Array.of(Math.max(1, weight)) });

export interface Learning {
  /**
   * Nats, summed over what is predicted and divided by `weight`: that of all micro-batches of an update, so that their losses
   * and gradients add up. inputs: as `inputs` says; weight [1] int32, positive.
   */
  loss(network: Network, inputs: Tensors, weight: Tensor, context?: ForwardContext): Scalar;
  /** What shows at an evaluation what was learnt: the same of the same weights. */
  show(network: Network, tokenizer: Tokenizer, prompt: string, pause?: Pause): Promise<string>;
}

/** What is reached without learning what there is to learn. */
export interface Baseline {
  /** Nats, as the objective's loss. */
  loss: number;
  /** `knowing only which tokens are common` */
  words: string;
  /** As short as a chart needs it: `unigram`. */
  label: string;
  /** In place of the label where there is room. */
  longLabel: string;
  /** More of it, in a few words. */
  hint: string;
  /** What a model is at that has not passed it, as a judgement: `Finding out which tokens are common`. */
  before: string;
}
