/** A way to score the data, and the figures made from it. To add one, write its file and add its line to index.ts. */
import type { Job, Pause } from '../../base/job';
import type { Network } from '../../models/network';
import type { ObjectiveId } from '../../objectives';
import type { EvaluatedAs } from '../../objectives/objective';
import type { Pair } from '../../objectives/pairRows';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { BaselineFacts } from '../../objectives/facts';
import type { Held, Tokenised } from '../blocks';
import type { Evaluation } from '../evaluation';
import type { BaselineId, FigureId } from '../figures';
import type { HeldChat } from '../heldChats';
import type { HeldPair } from '../heldPairs';
import type { HeldText } from '../heldTexts';
import type { LabeledText } from '../../objectives/baselines/labelBaselines';
import type { SentencePair } from '../minimalPairs';
import type { Task } from '../tasks';

/** Figures to measure, and the data for them. */
export interface ToEvaluate {
  /** Text that the model wasn't trained on. */
  documents?: readonly Held[] | undefined;
  /** Inputs with their targets. */
  pairs?: readonly HeldPair[] | undefined;
  /** Chats whose answers are scored. */
  chats?: readonly HeldChat[] | undefined;
  /** Labeled texts for a classifier. */
  labeled?: readonly HeldText[] | undefined;
  /** A classifier's confidence threshold, 0 if none is set; `temperature`: absent, the fitted one. */
  decision?: { atLeast: number; temperature?: number } | undefined;
  /** Labeled texts of the training set, for baselines that count it. */
  trainingTexts?: readonly LabeledText[] | undefined;
  /** The training set, for baselines that count it. */
  train?: readonly Tokenised[] | undefined;
  /** Facts of the data whose validation set `documents` are, so that n-grams aren't counted again. */
  facts?: BaselineFacts | undefined;
  /** Pairs of the training set, where targets are labels. */
  trainingPairs?: readonly Pair[] | undefined;
  /**
   * Occurrences of each id in the training data, [vocabulary]; for pairs, in targets and their end tokens. Absent:
   * those of `train`.
   */
  counts?: ArrayLike<number> | undefined;
  /** Figures to measure; absent: all that apply, except slow ones. */
  metrics?: readonly FigureId[] | undefined;
  /** Slow figures to measure in addition. */
  besides?: readonly FigureId[] | undefined;
  /** Stride of the windows of strided perplexity, in tokens; absent: half a context. */
  stride?: number | undefined;
  /** Pairs of sentences whose first is correct. */
  minimalPairs?: readonly SentencePair[] | undefined;
  /** Sentences that differ in one name, pronoun or origin. */
  swaps?: readonly SentencePair[] | undefined;
  /** Custom tasks. */
  tasks?: readonly Task[] | undefined;
  /** Decides how the model is evaluated: its run's objective, or any for a model without a run (`evaluatedAs`). */
  objective: ObjectiveId;
  /** Seed for all random draws: resamples, masks, passages. */
  seed?: number | undefined;
}

/** Progress and cancellation. `pause`: lets others that share the device run. */
export interface EvaluationJob extends Job {
  pause?: Pause;
}

export interface Reading {
  figures: readonly FigureId[];
  /** Baselines that it reports. */
  baselines?: readonly BaselineId[];
  /** Runs only if one of its figures is requested by name. */
  isOptIn?: true;
  /** Kind of data to read. */
  dataKind: 'documents' | 'pairs' | 'chats' | 'labeled';
  /** Kinds of models that the reading applies to. */
  evaluations: readonly EvaluatedAs[];
  /** Sentence that says why the reading doesn't apply to other models. */
  whyUnfit: string;
  /** @throws HomegrownError `bad-settings` */
  read(read: ReadingContext): Promise<Partial<Evaluation>>;
}

/** A part that succeeds or fails alone; `names`: the figures that are left out on failure. */
export interface Part {
  names: readonly string[];
  /** @throws HomegrownError */
  read(): Promise<Partial<Evaluation>>;
}

export interface ReadingContext {
  network: Network;
  tokenizer: Tokenizer;
  request: ToEvaluate & { seed: number };
  /** Whether a figure is requested. */
  isRequested(id: FigureId): boolean;
  pause: Pause;
  report: Job['report'];
}
