/** Figures of how likely a text is to a model, each of sums over blocks of it. Add one: an entry here. */
import { METRICS } from '../metrics';
import type { Metric } from '../metrics/metric';
import { bootstrap, type Interval } from '../metrics/text/bootstrap';
import { summed } from '../metrics/text/textMetric';
import type { Block } from './blocks';
import { NOT_PREDICTED, type TokenScores } from './scores';

export interface Likelihood {
  label: string;
  unit: string;
  better: 'lower' | 'higher';
  /** Of what adds up. */
  of(sums: Sums): number;
  /** It can be told of a mean loss alone, as of a baseline's. */
  isOfLoss?: true;
}

/** Over the tokens of a block; in each tenth of how sure the model was of its likeliest token: how many, how sure, how many right. */
export interface Sums {
  nats: number;
  tokens: number;
  bytes: number;
  first: number;
  firstFive: number;
  bins: readonly { count: number; confidence: number; right: number }[];
}

/** A metric that a mean loss gives. */
const ofLoss = ({ label, unit, better, says, ofMean }: OfMean) => ({
  label,
  unit,
  better,
  ...(says !== undefined && { says }),
  of: ({ nats, tokens, bytes }: Sums): number => ofMean(nats / tokens, { tokens, bytes }),
  isOfLoss: true as const,
});
type OfMean = Pick<Metric, 'label' | 'unit' | 'better' | 'says'> & Required<Pick<Metric, 'ofMean'>>;

export const LIKELIHOODS = {
  loss: ofLoss(METRICS.loss),
  perplexity: ofLoss(METRICS.perplexity),
  bitsPerByte: ofLoss(METRICS.bitsPerByte),
  top1: { label: 'Top-1', unit: '%', better: 'higher', of: ({ first, tokens }) => (100 * first) / tokens },
  top5: { label: 'Top-5', unit: '%', better: 'higher', of: ({ firstFive, tokens }) => (100 * firstFive) / tokens },
  /** Guo et al. 2017, arXiv:1706.04599: in ten bins, the mean distance between how sure it was and how often right. */
  calibrationError: {
    label: 'Calibration error',
    unit: '%',
    better: 'lower',
    of: ({ bins, tokens }) =>
      (100 * bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0)) / tokens,
  },
} as const satisfies Record<string, Likelihood>;
export type LikelihoodId = keyof typeof LIKELIHOODS;
export const LIKELIHOOD_IDS = Object.keys(LIKELIHOODS) as LikelihoodId[];
export const likelihoodOf = (id: LikelihoodId): Likelihood => LIKELIHOODS[id];

export const BINS = 10;

/** Of each block, one number after another. @param scores of each document */
export function rowsOf(blocks: readonly Block[], scores: readonly TokenScores[]): readonly (readonly number[])[] {
  return blocks.map(({ document, from, to, bytes }) => {
    const { loss, rank, confidence } = scores[document]!;
    const row = new Array<number>(COLUMNS).fill(0);
    row[2] = bytes;
    for (let at = from; at < to; at++) {
      if (loss[at] === NOT_PREDICTED) continue;
      row[0]! += loss[at]!;
      row[1]!++;
      if (rank[at] === 0) row[3]!++;
      if (rank[at]! < 5) row[4]!++;
      const bin = 5 + 3 * Math.min(BINS - 1, Math.floor(confidence[at]! * BINS));
      row[bin]!++;
      row[bin + 1]! += confidence[at]!;
      if (rank[at] === 0) row[bin + 2]!++;
    }
    return row;
  });
}
const COLUMNS = 5 + 3 * BINS;

export const sumsOf = (row: readonly number[]): Sums => ({
  nats: row[0]!,
  tokens: row[1]!,
  bytes: row[2]!,
  first: row[3]!,
  firstFive: row[4]!,
  bins: Array.from({ length: BINS }, (_, bin) => {
    const [count, confidence, right] = row.slice(5 + 3 * bin, 8 + 3 * bin);
    return { count: count!, confidence: confidence!, right: right! };
  }),
});

/** Of all blocks, with the interval that it lies in with 95 % confidence; none where there is one block alone. */
export function measured(
  id: LikelihoodId,
  rows: readonly (readonly number[])[],
  seed = 0,
): { value: number } & Partial<Interval> {
  const score = (sums: readonly number[]): number => likelihoodOf(id).of(sumsOf(sums));
  return { value: score(summed(rows)), ...(rows.length > 1 && bootstrap(rows, score, { seed })) };
}

/** Of the sums of all blocks, the bins of a reliability diagram; empty ones too. */
export const calibrationOf = (row: readonly number[]) => ({
  bins: sumsOf(row).bins.map(({ count, confidence, right }) => ({
    confidence: count > 0 ? confidence / count : 0,
    accuracy: count > 0 ? right / count : 0,
    count,
  })),
});
