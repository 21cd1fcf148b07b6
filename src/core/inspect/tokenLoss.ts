/** Predictions of every token of a passage. */
import { badSettings } from '../base/errors';
import { yieldToEventLoop, type Pause } from '../base/job';
import { eachLogits } from '../evaluate/tokenScores';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Passage } from './passage';
import { type Prediction, predictionOf } from './prediction';

/**
 * Returns a prediction for each of the passage's. A decoder predicts a token from those before it, in one pass. An encoder
 * predicts it from all others, in a pass with this token masked (Salazar et al. 2020, arXiv:1910.14659).
 * @param count number of alternatives
 * @throws HomegrownError `bad-settings` from a classifier, or without a mask token; `diverged`
 */
export async function tokenPredictions(
  network: Network,
  tokenizer: Tokenizer,
  { ids, source, predictions }: Passage,
  { count, pause = yieldToEventLoop }: { count: number; pause?: Pause },
): Promise<readonly Prediction[]> {
  if (network.choice.config.classes)
    throw badSettings('The model is a classifier: it scores labels, not tokens.', 'Inspect its base model.');
  const found: Prediction[] = [];
  if (modelSpec(network.choice.id).kind !== 'encoder') {
    const input = { ids: Int32Array.from(ids), rows: 1 };
    const places = predictions.map(({ position }) => position);
    await eachLogits(network, { ...input, ...(source && { source: oneRow(source) }) }, places, (logits, i) =>
      found.push(predictionOf(logits, predictions[i]!.expected, count)),
    );
    return found;
  }
  const mask = tokenizer.idOf('mask');
  const rows = Math.max(1, Math.floor(MAX_TOKENS / ids.length));
  for (let first = 0; first < predictions.length; first += rows) {
    const batch = predictions.slice(first, first + rows);
    const input = Int32Array.from(batch.flatMap(({ position }) => ids.with(position, mask)));
    const places = batch.map(({ position }, row) => row * ids.length + position);
    await eachLogits(network, { ids: input, rows: batch.length }, places, (logits, i) =>
      found.push(predictionOf(logits, batch[i]!.expected, count)),
    );
    await pause();
  }
  return found;
}
/** Maximum number of tokens in a batch of masked copies. */
const MAX_TOKENS = 4096;

const oneRow = (ids: readonly number[]) => ({ ids: Int32Array.from(ids), lengths: [ids.length] });
