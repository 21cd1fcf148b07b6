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
import type { LabelledText } from '../../objectives/baselines/labelBaselines';
import type { SentencePair } from '../minimalPairs';
import type { Task } from '../tasks';

/** What is measured, and on what. */
export interface ToEvaluate {
  /** Text that the model wasn't trained on. */
  documents?: readonly Held[] | undefined;
  /** What a model is to answer, and with what. */
  pairs?: readonly HeldPair[] | undefined;
  /** Chats, whose answers are measured. */
  chats?: readonly HeldChat[] | undefined;
  /** Texts with labels, which a classifier is measured on. */
  labelled?: readonly HeldText[] | undefined;
  /** How sure a classifier must be to answer, 0 where nothing was said; `temperature`: absent, the one that is found. */
  decision?: { atLeast: number; temperature?: number } | undefined;
  /** The same for the training set, for baselines that count it. */
  learntTexts?: readonly LabelledText[] | undefined;
  /** The training set, for baselines that count it. */
  train?: readonly Tokenised[] | undefined;
  /** Of the data whose validation set `documents` are, so that n-grams that were counted with them aren't counted again. */
  facts?: BaselineFacts | undefined;
  /** The same of pairs, where their targets are labels. */
  learntPairs?: readonly Pair[] | undefined;
  /**
   * Occurrences of each id in the training data, of pairs in targets and their end tokens, [vocabulary]; absent: those of
   * `train`.
   */
  counts?: ArrayLike<number> | undefined;
  /** Absent: all that apply, but for those that take far longer. */
  metrics?: readonly FigureId[] | undefined;
  /** Of those that take far longer, the ones to measure besides all that apply. */
  besides?: readonly FigureId[] | undefined;
  /** Tokens by which windows of strided perplexity move on; absent: half a context. */
  stride?: number | undefined;
  /** Pairs of sentences whose first is correct. */
  minimalPairs?: readonly SentencePair[] | undefined;
  /** Sentences that differ in one name, pronoun or origin. */
  swaps?: readonly SentencePair[] | undefined;
  /** Custom tasks. */
  tasks?: readonly Task[] | undefined;
  /** Says how the model is measured: that of its run, or any for a model without a run (`evaluatedAs`). */
  objective: ObjectiveId;
  /** Of all that is drawn: resamples, masks, passages. */
  seed?: number | undefined;
}

/** Who watches it and stops it; `pause`: where others share the device. */
export interface EvaluationJob extends Job {
  pause?: Pause;
}

export interface Reading {
  figures: readonly FigureId[];
  /** Baselines that it reports. */
  baselines?: readonly BaselineId[];
  /** It is made only where one of its figures is asked for by name. */
  onlyAsked?: true;
  /** What it reads. */
  of: 'documents' | 'pairs' | 'chats' | 'labelled';
  /** Models that it measures. */
  models: readonly EvaluatedAs[];
  /** Why it doesn't measure others, as a sentence. */
  unfit: string;
  /** @throws HomegrownError `bad-settings` */
  read(read: Read): Promise<Partial<Evaluation>>;
}

/** What is found by itself, whatever becomes of the rest; `names`: what is left out where that fails. */
export interface Part {
  names: readonly string[];
  /** @throws HomegrownError */
  read(): Promise<Partial<Evaluation>>;
}

export interface Read {
  network: Network;
  tokenizer: Tokenizer;
  asked: ToEvaluate & { seed: number };
  /** Whether a figure is asked for. */
  isAsked(id: FigureId): boolean;
  pause: Pause;
  report: Job['report'];
}
