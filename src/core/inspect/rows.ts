/** Rows that a model reads to make the predictions of a passage. */
import { badSettings } from '../base/errors';
import type { Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Passage, Predicted } from './passage';

/** Which predictions to make. */
export interface PredictionSettings {
  /** Some of the passage's; absent: all. */
  predictions?: readonly Predicted[];
  /** Number of alternatives of each. */
  count: number;
  pause?: Pause;
}

export interface Rows {
  /** [rows T], flat. */
  ids: readonly number[];
  rows: number;
  source?: readonly number[];
  predictions: readonly Predicted[];
  /** Index of the output of each prediction, in the flattened outputs [rows T]. */
  places: readonly number[];
}

/**
 * A decoder predicts a token from those before it, all in one row. An encoder predicts it from all others, in a row with
 * this token masked (Salazar et al. 2020, arXiv:1910.14659).
 * @param predictions some of the passage's
 * @throws HomegrownError `bad-settings` from a classifier, or without a mask token
 */
export function* predictingRows(
  { choice }: Network,
  tokenizer: Tokenizer,
  { ids, source }: Passage,
  predictions: readonly Predicted[],
): Generator<Rows> {
  if (choice.config.classes)
    throw badSettings('The model is a classifier: it scores labels, not tokens.', 'Inspect its base model.');
  if (modelSpec(choice.id).kind !== 'encoder') {
    yield { ids, rows: 1, ...(source && { source }), predictions, places: predictions.map(({ position }) => position) };
    return;
  }
  const mask = tokenizer.idOf('mask');
  const rows = Math.max(1, Math.floor(MAX_TOKENS / ids.length));
  for (let first = 0; first < predictions.length; first += rows) {
    const batch = predictions.slice(first, first + rows);
    yield {
      ids: batch.flatMap(({ position }) => ids.with(position, mask)),
      rows: batch.length,
      predictions: batch,
      places: batch.map(({ position }, row) => row * ids.length + position),
    };
  }
}
/** Maximum number of tokens in a batch of masked rows. */
const MAX_TOKENS = 4096;
