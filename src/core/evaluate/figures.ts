/** Scores of an evaluation, by the ids in terminals and records, which don't change. No TensorFlow.js. */
import { METRICS } from '../metrics';
import type { Metric } from '../metrics/metric';
import { labelMetrics } from '../metrics/labels';
import { type TextMetricId, textMetrics } from '../metrics/text';
import { WRITTEN_METRICS } from '../metrics/written';
import { LIKELIHOODS } from './likelihood';

export interface FigureFacts {
  /** Heading: `Bits per byte`. */
  label: string;
  /** Unit that follows a value; may be empty. */
  unit: string;
  better: 'lower' | 'higher';
  /** Explains a value to a newcomer. */
  says?: string;
}

const factsOf = ({ label, unit, better, says }: Metric): FigureFacts => ({
  ...{ label, unit, better },
  ...(says !== undefined && { says }),
});

/** Figures in display order. */
export const FIGURES = {
  loss: LIKELIHOODS.loss,
  perplexity: LIKELIHOODS.perplexity,
  stridedPerplexity: {
    label: 'Strided perplexity',
    unit: '',
    better: 'lower',
    says: 'perplexity with nearly every token predicted from a full context',
  },
  bitsPerByte: LIKELIHOODS.bitsPerByte,
  top1: LIKELIHOODS.top1,
  top5: LIKELIHOODS.top5,
  calibrationError: LIKELIHOODS.calibrationError,
  pseudoPerplexity: factsOf(METRICS.pseudoPerplexity),
  maskedAccuracy: factsOf(METRICS.maskedAccuracy),
  ...(Object.fromEntries(
    Object.entries(textMetrics()).map(([id, { label, unit, better }]) => [id, { label, unit, better }]),
  ) as Record<TextMetricId, FigureFacts>),
  accuracy: {
    ...labelMetrics().accuracy,
    says: 'share of texts whose labels are all right',
  },
  macroF1: {
    ...labelMetrics().macroF1,
    says: 'mean F1 of all labels, with every label counting equally',
  },
  ...WRITTEN_METRICS,
} as const satisfies Record<string, FigureFacts>;
export type FigureId = keyof typeof FIGURES;
export const FIGURE_IDS = Object.keys(FIGURES) as FigureId[];
export const figureFacts = (id: FigureId): FigureFacts => FIGURES[id];
export const isFigure = (id: string): id is FigureId => Object.hasOwn(FIGURES, id);

/** Baselines, for each figure the worst first; `says` follows `better than`. */
export const BASELINES = {
  uniform: { label: 'Uniform', says: 'a uniform guess' },
  unigram: { label: 'Unigram', says: 'a unigram model' },
  bigram: { label: 'Bigram', says: 'a bigram model' },
  trigram: { label: 'Trigram', says: 'a trigram model' },
  copy: { label: 'Copy', says: 'copying the input' },
  majority: { label: 'Majority', says: 'the majority class' },
  naiveBayes: { label: 'Naive Bayes', says: 'naive Bayes' },
  gzip: { label: 'gzip', says: 'gzip compression' },
  heldOut: { label: 'Held-out text', says: 'the original text' },
} as const satisfies Record<string, { label: string; says: string }>;
export type BaselineId = keyof typeof BASELINES;
