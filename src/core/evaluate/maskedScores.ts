/** Scores of masked tokens by an encoder. */
import { unwatched, type Job, type Pause, yieldToEventLoop } from '../base/job';
import type { Network } from '../models/network';
import { ALL_BY_MASK, drawing, masked, MASK_RATE, masksOf } from '../objectives/masks';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Tokenised } from './blocks';
import { emptyScores, type TokenScores } from './scores';
import { batchesOf, scoreTokens } from './tokenScores';

/**
 * Scores masked tokens. Cuts a document into consecutive pieces of the model's context, with the special tokens around
 * each. Masks 15 % of each piece. Unlike in training, all of these become the mask, so the model sees no token that it
 * must predict.
 * @param seed of the choice of masked tokens
 * @returns scores of each document; NOT_PREDICTED for unmasked tokens
 * @throws HomegrownError `bad-settings` where the tokenizer has no mask
 */
export async function maskedScores(
  network: Network,
  tokenizer: Tokenizer,
  documents: readonly Tokenised[],
  seed: number,
  { pause = yieldToEventLoop, report = unwatched.report }: { pause?: Pause; report?: Job['report'] } = {},
): Promise<readonly TokenScores[]> {
  const { context } = network.choice.config;
  const [before, after] = specialTokensAround(tokenizer);
  const pieceLength = textCapacity(network, tokenizer);
  const scores = documents.map(({ ids }) => emptyScores(ids.length));
  const pieces = documents.flatMap(({ ids }, document) =>
    Array.from({ length: Math.ceil(ids.length / pieceLength) }, (_, i) => ({ document, from: i * pieceLength })),
  );
  const rows = pieces.map(({ document, from }, row) => {
    const pieceIds = documents[document]!.ids.subarray(from, from + pieceLength);
    const masking = { max: masksOf(pieceIds.length, MASK_RATE.initial), wholeWords: false, shares: ALL_BY_MASK };
    const { places: maskedIndices, shown: inputIds } = masked(
      pieceIds,
      tokenizer,
      masking,
      drawing('measured masks', { seed, step: 0, row }),
    );
    const ids = [...before, ...inputIds, ...after];
    const maskedTokens = maskedIndices.map((index) => ({
      inputIndex: before.length + index,
      token: pieceIds[index]!,
      index: from + index,
      scores: scores[document]!,
    }));
    return { ids, tokens: ids.length, maskedTokens };
  });
  const total = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  let done = 0;
  for (const { batch, width } of batchesOf(rows, context, BATCH_SIZE)) {
    const ids = new Int32Array(batch.length * width);
    for (const [row, item] of batch.entries()) ids.set(item.ids, row * width);
    const lengths = batch.map(({ tokens }) => tokens);
    const targets = batch.flatMap(({ maskedTokens }, row) =>
      maskedTokens.map((item) => ({ ...item, hiddenRow: row * width + item.inputIndex })),
    );
    await scoreTokens(network, { ids, rows: batch.length, lengths }, targets);
    done += batch.reduce((sum, { tokens }) => sum + tokens - before.length - after.length, 0);
    report({ label: 'Reading', done, of: total, unit: 'tokens' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const BATCH_SIZE = 8;

/** Number of text tokens that fit into the context. */
export const textCapacity = ({ choice }: Network, tokenizer: Tokenizer): number =>
  choice.config.context - specialTokensAround(tokenizer).flat().length;

/** Special tokens around a text, as in pretraining; none for models trained from scratch here. */
const specialTokensAround = (tokenizer: Tokenizer): [before: number[], after: number[]] =>
  tokenizer.begin === undefined ? [[], []] : [[tokenizer.begin], [tokenizer.idOf('separator')]];
