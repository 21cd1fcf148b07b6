/** Predictions of every token of a passage. */
import { yieldToEventLoop } from '../base/job';
import { eachLogits } from '../evaluate/tokenScores';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Passage } from './passage';
import { type Prediction, predictionOf } from './prediction';
import { predictingRows, type PredictionSettings } from './rows';

/**
 * Makes predictions of the passage.
 * @throws HomegrownError `bad-settings` from a classifier, or without a mask token; `diverged`
 */
export async function tokenPredictions(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { predictions: chosen = passage.predictions, count, pause = yieldToEventLoop }: PredictionSettings,
): Promise<readonly Prediction[]> {
  const found: Prediction[] = [];
  for (const { ids, rows, source, predictions, places } of predictingRows(network, tokenizer, passage, chosen)) {
    // prettier-ignore
    const encoder = source && { source: { ids: Int32Array.from(source), lengths: [source.length] } };
    await eachLogits(network, { ids: Int32Array.from(ids), rows, ...encoder }, places, (logits, i) =>
      found.push(predictionOf(logits, predictions[i]!.expected, count)),
    );
    await pause();
  }
  return found;
}
