/** Scores of masked tokens by an encoder. */
import { unwatched, type Job, type Pause, yieldToEventLoop } from '../base/job';
import type { Network } from '../models/network';
import { ALL_BY_MASK, drawing, masked, MASK_RATE, masksOf } from '../objectives/masks';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Tokenised } from './blocks';
import { emptyScores, type TokenScores } from './scores';
import { batchesOf, scored } from './tokenScores';

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
  const [before, after] = frameOf(tokenizer);
  const length = lengthOf(network, tokenizer);
  const scores = documents.map(({ ids }) => emptyScores(ids.length));
  const pieces = documents.flatMap(({ ids }, document) =>
    Array.from({ length: Math.ceil(ids.length / length) }, (_, i) => ({ document, from: i * length })),
  );
  const rows = pieces.map(({ document, from }, row) => {
    const own = documents[document]!.ids.subarray(from, from + length);
    const masking = { max: masksOf(own.length, MASK_RATE.initial), wholeWords: false, shares: ALL_BY_MASK };
    const { places, shown } = masked(own, tokenizer, masking, drawing('measured masks', { seed, step: 0, row }));
    const ids = [...before, ...shown, ...after];
    const hidden = places.map((place) => ({
      place: before.length + place,
      token: own[place]!,
      at: from + place,
      into: scores[document]!,
    }));
    return { ids, tokens: ids.length, hidden };
  });
  const of = documents.reduce((sum, { ids }) => sum + ids.length, 0);
  let done = 0;
  for (const { batch, width } of batchesOf(rows, context, ROWS)) {
    const ids = new Int32Array(batch.length * width);
    for (const [row, each] of batch.entries()) ids.set(each.ids, row * width);
    const lengths = batch.map(({ tokens }) => tokens);
    const wanted = batch.flatMap(({ hidden }, row) =>
      hidden.map((each) => ({ ...each, row: row * width + each.place })),
    );
    await scored(network, { ids, rows: batch.length, lengths }, wanted);
    done += batch.reduce((sum, { tokens }) => sum + tokens - before.length - after.length, 0);
    report({ label: 'Reading', done, of, unit: 'tokens' });
    await pause();
  }
  return scores;
}
/** Batch size. */
const ROWS = 8;

/** Number of text tokens that fit into the context. */
export const lengthOf = ({ choice }: Network, tokenizer: Tokenizer): number =>
  choice.config.context - frameOf(tokenizer).flat().length;

/** Special tokens around a text, as in pretraining; none for models trained from scratch here. */
const frameOf = (tokenizer: Tokenizer): [before: number[], after: number[]] =>
  tokenizer.begin === undefined ? [[], []] : [[tokenizer.begin], [tokenizer.idOf('separator')]];
