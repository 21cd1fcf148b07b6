/** What is measured of a model on held-out text. A metric is a file of this folder and a line in index.ts. */

import { atOnce } from '../base/job';
import type { LabeledPairs } from './labels/counts';
import { estimates } from './text/estimate';
import type { Pair, TextMetric } from './text/textMetric';

/** A value and its 95 % confidence interval, where one is known. */
export interface Estimate {
  value: number;
  low?: number;
  high?: number;
}

/** The part of the data that is measured: its tokens, and the UTF-8 bytes that they stand for. */
export interface Extent {
  tokens: number;
  bytes: number;
}

/** A model's results on a batch of held-out text. */
export interface BatchResult {
  /** Nats, over all that is predicted. */
  loss: number;
  /** What is predicted, as a weight: tokens that are not masked. */
  weight: number;
  /** How many of these were the model's likeliest, where that is measured. */
  correct?: number;
  /** Answers to held-out inputs, each with its target; where the objective asks for answers. */
  answers?: readonly Pair[];
  /** Labels that a classifier gives to held-out texts. */
  labeled?: LabeledPairs;
  /** Perplexity on text of the base's training data, if there is any. */
  old?: number;
}

export interface Meter {
  add(result: BatchResult): void;
  /** Of what was added. */
  value(): Estimate;
}

/**
 * What an evaluation must give for a metric to be measured: `loss`, nats of whatever is predicted; `text`, nats of tokens, each
 * by those before it; `bytes`, nats of a text whose bytes are known; `masked`, nats of tokens by all around them, and which
 * were the model's likeliest; `labels`, nats of labels of texts, and how many texts got theirs; `answers`, what the model gives to held-out inputs; `run`, nothing of the
 * held-out text: the training loop measures it at each evaluation, such as perplexity on the text of the base.
 */
export type Need = 'loss' | 'text' | 'bytes' | 'masked' | 'labels' | 'answers' | 'run';

export interface Metric {
  /** As a heading: `Bits per byte`. */
  label: string;
  /** Of a value, after it: `nats per token`; empty where it has none. */
  unit: string;
  /** In its place where there is little room: `nats`. */
  shortUnit?: string;
  /** The label where there is as little, within a sentence. */
  shortLabel?: string;
  better: 'lower' | 'higher';
  /** What a value tells, to a newcomer: `how many tokens the model hesitates between`. */
  says?: string;
  /** Caveat for comparisons with other metrics: the end of a sentence. */
  remark?: string;
  needs: Need;
  /** What a mean `loss` comes to, in Python, with `tokens` and `bytes` of the part; absent: PyTorch does not measure it. */
  python?: string;
  start(part: Extent): Meter;
  /** What a mean loss on a part comes to, where that says it all: for what was only ever told as a loss, such as a baseline. */
  ofMean?(loss: number, part: Extent): number;
  /** Present where the value follows from the mean loss: it isn't stored, and applies to any loss. */
  scale?: Scale;
}

/** Conversion of a loss, as for an axis. */
export interface Scale {
  of(loss: number): number;
  /** Its inverse. */
  loss(value: number): number;
}

type Facts = Omit<Metric, 'start' | 'ofMean' | 'scale'>;

/** A metric that the mean loss on a part gives. */
export const meanMetric = (facts: Facts, ofMean: (loss: number, part: Extent) => number) => ({
  ...facts,
  ofMean,
  start(part: Extent): Meter {
    let sum = 0;
    let all = 0;
    return {
      add({ loss, weight }) {
        sum += loss;
        all += weight;
      },
      value: () => ({ value: ofMean(sum / all, part) }),
    };
  },
});

/** A metric of the answers, with the interval in which it lies. */
export const answersMetric = (metric: TextMetric, says: string) => ({
  label: metric.label,
  unit: metric.unit,
  better: metric.better,
  says,
  needs: 'answers' as const,
  start(): Meter {
    const pairs: Pair[] = [];
    return {
      add({ answers = [] }) {
        pairs.push(...answers);
      },
      value: () => (pairs.length === 0 ? { value: NaN } : atOnce(estimates([metric], pairs))[0]!),
    };
  },
});

/** A metric that the mean loss alone gives. */
export const scaleMetric = (facts: Facts, scale: Scale) => ({ ...meanMetric(facts, scale.of), scale });
