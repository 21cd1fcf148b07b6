/** Metrics on held-out text. To add one, write its file and add a line to index.ts. */

import { atOnce } from '../base/job';
import type { LabeledPairs } from './labels/counts';
import { estimates } from './text/estimate';
import type { Pair, TextMetric } from './text/textMetric';

/** A value and its 95 % confidence interval, if known. */
export interface Estimate {
  value: number;
  low?: number;
  high?: number;
}

/** Size of the evaluated part: tokens, and their UTF-8 bytes. */
export interface Extent {
  tokens: number;
  bytes: number;
}

/** A model's results on a batch of held-out text. */
export interface BatchResult {
  /** Nats, averaged over all predictions. */
  loss: number;
  /** Weight of the batch: number of tokens that are not masked out. */
  weight: number;
  /** Number of correct top-1 predictions, if measured. */
  correct?: number;
  /** Generated answers to held-out inputs, each with its target, if the objective measures them. */
  answers?: readonly Pair[];
  /** A classifier's predictions on held-out texts. */
  labeled?: LabeledPairs;
  /** Perplexity on text of the base's training data, if there is any. */
  old?: number;
}

export interface Meter {
  add(result: BatchResult): void;
  /** Value over all added batches. */
  value(): Estimate;
}

/**
 * Result of an evaluation that a metric needs. `loss`: nats of any predictions. `text`: nats of tokens, each given
 * those before it. `bytes`: nats of a text whose bytes are known. `masked`: nats and top-1 hits of masked tokens.
 * `labels`: nats and hits of labels. `answers`: generated answers to held-out inputs. `run`: nothing of the held-out
 * text, because the training loop measures it at each evaluation, such as perplexity on the base's text.
 */
export type Need = 'loss' | 'text' | 'bytes' | 'masked' | 'labels' | 'answers' | 'run';

export interface Metric {
  /** Heading: `Bits per byte`. */
  label: string;
  /** Unit after a value: `nats per token`; empty if it has none. */
  unit: string;
  /** Short form of the unit: `nats`. */
  shortUnit?: string;
  /** Short form of the label, within a sentence. */
  shortLabel?: string;
  better: 'lower' | 'higher';
  /** Explanation for beginners: `how many tokens the model hesitates between`. */
  says?: string;
  /** Caveat for comparisons with other metrics: the end of a sentence. */
  remark?: string;
  needs: Need;
  /** Python expression with `loss`, `tokens` and `bytes` of the part; absent: PyTorch does not measure it. */
  python?: string;
  start(part: Extent): Meter;
  /** Value that follows from a part's mean loss, for baselines, which only have a loss. */
  ofMean?(loss: number, part: Extent): number;
  /** Present if the value follows from the mean loss alone: it isn't stored, and any loss converts to it. */
  scale?: Scale;
}

/** Conversion of a loss, as for an axis. */
export interface Scale {
  of(loss: number): number;
  /** Inverse of `of`. */
  loss(value: number): number;
}

type Facts = Omit<Metric, 'start' | 'ofMean' | 'scale'>;

/** A metric that follows from the mean loss of a part. */
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

/** A metric of answers, with its confidence interval. */
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

/** A metric that follows from the mean loss alone. */
export const scaleMetric = (facts: Facts, scale: Scale) => ({ ...meanMetric(facts, scale.of), scale });
