/** Log-likelihood of each pair's target, given its input. */
import { unwatched, type Job, type Pause, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { marksOf, type Pair, pairRow } from '../objectives/pairRows';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { emptyScores, type TokenScores } from './scores';
import { batchesOf, scored } from './tokenScores';

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
    return { ...row, tokens: Math.max(row.ids.length, row.source?.length ?? 0), into: scores[i]! };
  });
  let done = 0;
  for (const { batch, width } of batchesOf(rows, config.context, ROWS)) {
    const padded = (all: readonly (readonly number[])[]): Int32Array => {
      const ids = new Int32Array(all.length * width);
      for (const [row, each] of all.entries()) ids.set(each, row * width);
      return ids;
    };
    const wanted = batch.flatMap(({ targets, into }, row) => {
      const first = targets.findIndex((token) => token >= 0);
      return targets.slice(first).map((token, at) => ({ row: row * width + first + at, token, at, into }));
    });
    const read = batch.flatMap(({ source }) => (source ? [source] : []));
    const source = { ids: padded(read), lengths: read.map(({ length }) => length) };
    const ids = padded(batch.map((row) => row.ids));
    await scored(network, { ids, rows: batch.length, ...(read.length > 0 && { source }) }, wanted);
    done += batch.length;
    report({ label: 'Reading pairs', done, of: pairs.length, unit: 'pairs' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const ROWS = 8;
