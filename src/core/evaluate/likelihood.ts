/** Likelihood metrics of a text, from sums over its blocks. To add one, add an entry here. */
import { METRICS } from '../metrics';
import type { Estimate, Metric } from '../metrics/metric';
import { shareOf } from '../metrics/share';
import { intervals } from '../metrics/intervals/interval';
import { folded, type Rows, summed } from '../metrics/intervals/units';
import type { Block } from './blocks';
import { NOT_PREDICTED, type TokenScores } from './scores';

interface Likelihood {
  label: string;
  unit: string;
  better: 'lower' | 'higher';
  /** Value from the sums over all blocks. */
  fromSums(sums: Sums): number;
  /** Measures confidence, which n-gram models don't have. */
  needsConfidence?: true;
  /** Percent of tokens. */
  isTokenShare?: true;
  /** Value is an exponential of the loss. */
  isExponential?: true;
}

/** Sums over the tokens of a block. `bins`: counts, confidences and hits by confidence in the likeliest token. */
export interface Sums {
  nats: number;
  tokens: number;
  bytes: number;
  first: number;
  firstFive: number;
  bins: readonly { count: number; confidence: number; right: number }[];
}

/** A metric that follows from the mean loss. */
const ofLoss = ({ label, unit, better, says, ofMean }: OfMean) => ({
  label,
  unit,
  better,
  ...(says !== undefined && { says }),
  fromSums: ({ nats, tokens, bytes }: Sums): number => ofMean(nats / tokens, { tokens, bytes }),
});
type OfMean = Pick<Metric, 'label' | 'unit' | 'better' | 'says'> & Required<Pick<Metric, 'ofMean'>>;

export const LIKELIHOODS = {
  loss: ofLoss(METRICS.loss),
  perplexity: { ...ofLoss(METRICS.perplexity), isExponential: true },
  bitsPerByte: ofLoss(METRICS.bitsPerByte),
  top1: {
    label: 'Top-1 accuracy',
    unit: '%',
    better: 'higher',
    isTokenShare: true,
    fromSums: ({ first, tokens }) => (100 * first) / tokens,
  },
  top5: {
    label: 'Top-5 accuracy',
    unit: '%',
    better: 'higher',
    isTokenShare: true,
    fromSums: ({ firstFive, tokens }) => (100 * firstFive) / tokens,
  },
  /** Mean distance between confidence and accuracy over ten bins. Source: Guo et al. 2017, arXiv:1706.04599 */
  calibrationError: {
    label: 'Calibration error',
    unit: '%',
    better: 'lower',
    needsConfidence: true,
    fromSums: ({ bins, tokens }) =>
      (100 * bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0)) / tokens,
  },
} as const satisfies Record<string, Likelihood>;
export type LikelihoodId = keyof typeof LIKELIHOODS;
export const LIKELIHOOD_IDS = Object.keys(LIKELIHOODS) as LikelihoodId[];
export const likelihoodOf = (id: LikelihoodId): Likelihood => LIKELIHOODS[id];

export const BINS = 10;

/** Sums of each block as rows of numbers (`sumsOf`). @param scores of each document */
export function rowsOf(blocks: readonly Block[], scores: readonly TokenScores[]): Rows {
  return blocks.map(({ document, from, to, bytes }) => {
    const { loss, rank, confidence } = scores[document]!;
    const row = new Array<number>(COLUMNS).fill(0);
    row[2] = bytes;
    for (let index = from; index < to; index++) {
      if (loss[index] === NOT_PREDICTED) continue;
      row[0]! += loss[index]!;
      row[1]!++;
      if (rank[index] === 0) row[3]!++;
      if (rank[index]! < 5) row[4]!++;
      const bin = 5 + 3 * Math.min(BINS - 1, Math.floor(confidence[index]! * BINS));
      row[bin]!++;
      row[bin + 1]! += confidence[index]!;
      if (rank[index] === 0) row[bin + 2]!++;
    }
    return row;
  });
}
const COLUMNS = 5 + 3 * BINS;
const TOKENS = 1;

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

/**
 * Computes metrics over all blocks, with 95 % confidence intervals. Yields between pieces of work.
 * @param rows of each block; at least one has tokens
 * @returns `blocks`: number of units behind the intervals
 */
export function* measured<Id extends LikelihoodId>(
  ids: readonly Id[],
  rows: Rows,
  seed: number,
): Generator<void, { estimates: Record<Id, Estimate>; blocks: number }> {
  const units = folded(rows, TOKENS);
  const totals = summed(units);
  const statistics = ids.map((id) => {
    const { fromSums, unit, isExponential = false } = likelihoodOf(id);
    return {
      of: (sums: readonly number[]) => fromSums(sumsOf(sums)),
      isExponential,
      min: 0,
      ...(unit === '%' && { max: 100 }),
    };
  });
  const estimated = yield* intervals(units, statistics, seed);
  const estimates = ids.map((id, i) => {
    const value = statistics[i]!.of(totals);
    // A few equal blocks have no bootstrap interval; uses the interval of a share of tokens instead.
    const usesShare = !estimated[i] && likelihoodOf(id).isTokenShare && units.length > 1;
    return [
      id,
      usesShare ? shareOf((value / 100) * totals[TOKENS]!, totals[TOKENS]!) : { value, ...around(value, estimated[i]) },
    ] as const;
  });
  return { estimates: Object.fromEntries(estimates) as Record<Id, Estimate>, blocks: units.length };
}

/** Widens an interval to contain the value. Resampling adds noise, so calibration intervals can lie above it. */
const around = <T extends { low: number; high: number }>(value: number, interval: T | undefined): T | undefined =>
  interval && { ...interval, low: Math.min(interval.low, value), high: Math.max(interval.high, value) };

/** Bins of a reliability diagram, including empty ones. @param row sums over all blocks */
export const calibrationOf = (row: readonly number[]) => ({
  bins: sumsOf(row).bins.map(({ count, confidence, right }) => ({
    confidence: count > 0 ? confidence / count : 0,
    accuracy: count > 0 ? right / count : 0,
    count,
  })),
});
