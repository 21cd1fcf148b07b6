/** Likelihood of a text by a causal model. */
import { badSettings } from '../base/errors';
import { type Job, type Pause, unwatched, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { ModelChoice, Network } from '../models/network';
import { evaluatedAs, type ObjectiveId } from '../objectives';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Block, blocksOf, type Tokenised, utf8Length } from './blocks';
import { rowsOf } from './likelihood';
import type { TokenScores } from './scores';
import { tokenScores, type Windows } from './tokenScores';

/** @throws HomegrownError `bad-settings` if the model can't compute the likelihood of a text */
export function checkReadsOn(name: string, model: Pick<ModelChoice, 'id' | 'config'>, objective: ObjectiveId): void {
  const as = evaluatedAs(objective, model);
  if (as === 'nextTokens') return;
  if (typeof as !== 'string') throw badSettings(`${name} can’t be compared. ${as.unmeasured}`);
  const { label } = modelSpec(model.id);
  const what = as === 'labels' ? 'a classifier' : `${label}, which is not a causal model`;
  throw badSettings(`${name} is ${what}: it can’t compute the likelihood of a text.`);
}

interface TextScores {
  blocks: readonly Block[];
  /** Scores of each document. */
  scores: readonly TokenScores[];
  /** Sums of each block (`rowsOf`). */
  rows: readonly (readonly number[])[];
}

/** Scores each document separately. A start token precedes the first token, so every byte is predicted. */
export async function scoreText(
  network: Network,
  tokenizer: Tokenizer,
  documents: readonly Tokenised[],
  windows: Windows,
  pause: Pause = yieldToEventLoop,
  report: Job['report'] = unwatched.report,
): Promise<TextScores> {
  const of = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  const scores = await tokenScores(
    network,
    documents.map(({ ids }) => ids),
    beginOf(tokenizer),
    windows,
    { pause, onProgress: (done) => report({ label: 'Reading', done, of, unit: 'tokens' }) },
  );
  const blocks = blocksOf(documents, tokenizer);
  return { blocks, scores, rows: rowsOf(blocks, scores) };
}

/** Nats and bytes of each piece of the texts, to compare models with different tokenizers. */
export async function natsOf(
  network: Network,
  tokenizer: Tokenizer,
  texts: readonly string[],
  { pause, report }: { pause?: Pause | undefined; report?: Job['report'] } = {},
): Promise<{ nats: readonly number[]; bytes: readonly number[] }> {
  // Counts bytes of the original text, even if a tokenizer normalizes, so both models have the same pieces.
  const documents = texts.map((text) => ({ ids: tokenizer.encode(text), bytes: utf8Length(text) }));
  const { rows, blocks } = await scoreText(network, tokenizer, documents, endToEnd(network), pause, report);
  return { nats: rows.map((row) => row[0]!), bytes: blocks.map(({ bytes }) => bytes) };
}

/** Non-overlapping windows of a full context. */
export const endToEnd = ({ choice }: Network): Windows => ({
  context: choice.config.context,
  stride: choice.config.context,
  rows: 8,
});
export const stridedBy = (network: Network, stride: number): Windows => ({ ...endToEnd(network), stride });
