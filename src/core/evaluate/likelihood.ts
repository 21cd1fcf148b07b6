/** Scores of the likelihood of a text, from sums over its blocks. Add one: an entry here. */
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
  /** Of what adds up. */
  of(sums: Sums): number;
  /** Measures confidence, which n-gram models don't have. */
  isOfSureness?: true;
  /** Percent of tokens. */
  isShare?: true;
  /** Of what follows from exp(loss). */
  isExponential?: true;
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
    isShare: true,
    of: ({ first, tokens }) => (100 * first) / tokens,
  },
  top5: {
    label: 'Top-5 accuracy',
    unit: '%',
    better: 'higher',
    isShare: true,
    of: ({ firstFive, tokens }) => (100 * firstFive) / tokens,
  },
  /** Guo et al. 2017, arXiv:1706.04599: in ten bins, the mean distance between confidence and accuracy. */
  calibrationError: {
    label: 'Calibration error',
    unit: '%',
    better: 'lower',
    isOfSureness: true,
    of: ({ bins, tokens }) =>
      (100 * bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0)) / tokens,
  },
} as const satisfies Record<string, Likelihood>;
export type LikelihoodId = keyof typeof LIKELIHOODS;
export const LIKELIHOOD_IDS = Object.keys(LIKELIHOODS) as LikelihoodId[];
export const likelihoodOf = (id: LikelihoodId): Likelihood => LIKELIHOODS[id];

export const BINS = 10;

/** Of each block, one number after another. @param scores of each document */
export function rowsOf(blocks: readonly Block[], scores: readonly TokenScores[]): Rows {
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
 * Of all blocks, each with the interval that it lies in with 95 % confidence. Yields between pieces of work.
 * @param rows of each block, one with tokens at least
 * @returns `blocks`: of how many intervals are made
 */
export function* measured<Id extends LikelihoodId>(
  ids: readonly Id[],
  rows: Rows,
  seed: number,
): Generator<void, { estimates: Record<Id, Estimate>; blocks: number }> {
  const own = folded(rows, TOKENS);
  const all = summed(own);
  const statistics = ids.map((id) => {
    const { of, unit, isExponential = false } = likelihoodOf(id);
    return {
      of: (sums: readonly number[]) => of(sumsOf(sums)),
      isExponential,
      min: 0,
      ...(unit === '%' && { max: 100 }),
    };
  });
  const found = yield* intervals(own, statistics, seed);
  const estimates = ids.map((id, i) => {
    const value = statistics[i]!.of(all);
    // Few blocks that are all alike have none; but of how many tokens, they say.
    const isAlike = !found[i] && likelihoodOf(id).isShare && own.length > 1;
    return [
      id,
      isAlike ? shareOf((value / 100) * all[TOKENS]!, all[TOKENS]!) : { value, ...around(value, found[i]) },
    ] as const;
  });
  return { estimates: Object.fromEntries(estimates) as Record<Id, Estimate>, blocks: own.length };
}

/** Widened to hold the value: drawing blocks again adds noise, so the calibration error's interval can lie above it. */
const around = <T extends { low: number; high: number }>(value: number, interval: T | undefined): T | undefined =>
  interval && { ...interval, low: Math.min(interval.low, value), high: Math.max(interval.high, value) };

/** Of the sums of all blocks, the bins of a reliability diagram; empty ones too. */
export const calibrationOf = (row: readonly number[]) => ({
  bins: sumsOf(row).bins.map(({ count, confidence, right }) => ({
    confidence: count > 0 ? confidence / count : 0,
    accuracy: count > 0 ? right / count : 0,
    count,
  })),
});
