/** Log-likelihood of each pair's target, given its input. */
import { unwatched, type Job, type Pause, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { marksOf, type Pair, pairRow } from '../objectives/pairRows';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { emptyScores, type TokenScores } from './scores';
import { batchesOf, scoreTokens } from './tokenScores';

/** @returns scores of each target with its end token; NOT_PREDICTED for tokens that do not fit the context */
export async function targetScores(
  network: Network,
  tokenizer: Tokenizer,
  pairs: readonly Pair[],
  { pause = yieldToEventLoop, report = unwatched.report }: { pause?: Pause; report?: Job['report'] } = {},
): Promise<readonly TokenScores[]> {
  const { id, config } = network.choice;
  const marks = marksOf(tokenizer);
  const scores = pairs.map(({ target }) => emptyScores(target.length + 1));
  const rows = pairs.map((pair, i) => {
    const row = pairRow(pair, config.context, modelSpec(id).kind, marks);
    return { ...row, tokens: Math.max(row.ids.length, row.source?.length ?? 0), pairScores: scores[i]! };
  });
  let done = 0;
  for (const { batch, width } of batchesOf(rows, config.context, BATCH_SIZE)) {
    const padded = (sequences: readonly (readonly number[])[]): Int32Array => {
      const ids = new Int32Array(sequences.length * width);
      for (const [row, sequence] of sequences.entries()) ids.set(sequence, row * width);
      return ids;
    };
    const scoredTokens = batch.flatMap(({ targets, pairScores }, row) => {
      const first = targets.findIndex((token) => token >= 0);
      return targets
        .slice(first)
        .map((token, index) => ({ hiddenRow: row * width + first + index, token, index, scores: pairScores }));
    });
    const sources = batch.flatMap(({ source }) => (source ? [source] : []));
    const source = { ids: padded(sources), lengths: sources.map(({ length }) => length) };
    const ids = padded(batch.map((row) => row.ids));
    await scoreTokens(network, { ids, rows: batch.length, ...(sources.length > 0 && { source }) }, scoredTokens);
    done += batch.length;
    report({ label: 'Reading pairs', done, of: pairs.length, unit: 'pairs' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const BATCH_SIZE = 8;
