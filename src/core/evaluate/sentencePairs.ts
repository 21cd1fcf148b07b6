/** Measures which of two sentences a model finds likelier, over a list. */
import { badSettings } from '../base/errors';
import type { Pause } from '../base/job';
import { formatCount } from '../base/units';
import { shareOf } from '../metrics/share';
import type { Interval } from '../metrics/intervals/units';
import type { Network } from '../models/network';
import { evaluatedAs, type ObjectiveId } from '../objectives';
import { beginOf } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { SentencePair } from './minimalPairs';
import { type ScoringInput, targetNats } from './tokenScores';

export interface Preference extends Interval {
  /** Percentage of pairs whose first sentence is likelier. */
  value: number;
  pairs: number;
  /** Mean of the second sentence's nats minus the first's. */
  margin: number;
}

interface PreferenceSettings {
  /** Objective of the model. */
  objective: ObjectiveId;
  pause?: Pause;
  /** Reports the number of finished pairs and the total. */
  onProgress?: (done: number, of: number) => void;
}

/**
 * Compares whole sentences by the sum over their tokens, like BLiMP. Ties count as half. An encoder scores each token
 * with only that one masked (Salazar et al. 2020, "Masked Language Model Scoring", arXiv:1910.14659).
 * @returns `missed`: pairs whose second sentence is likelier
 * @throws HomegrownError `bad-settings` if a sentence does not fit the context
 */
export async function preferences(
  network: Network,
  tokenizer: Tokenizer,
  pairs: readonly SentencePair[],
  { objective, pause, onProgress = () => undefined }: PreferenceSettings,
): Promise<{ all: Preference; kinds: Readonly<Record<string, Preference>>; missed: SentencePair[] }> {
  const isMasked = evaluatedAs(objective, network.choice) === 'maskedTokens';
  const margins: number[] = [];
  for (let first = 0; first < pairs.length; first += BATCH_SIZE) {
    onProgress(first, pairs.length);
    const batch = pairs.slice(first, first + BATCH_SIZE);
    const inputs = batch.flatMap((pair) =>
      [pair.first, pair.second].map((text) => scoringInputs(network, tokenizer, text, isMasked)),
    );
    const nats = await targetNats(network, inputs.flat(), pause);
    let next = 0;
    /** Nats of each sentence. */
    const sums = inputs.map((sentence) => sentence.reduce((sum) => sum + nats[next++]!, 0));
    margins.push(...batch.map((_, i) => sums[2 * i + 1]! - sums[2 * i]!));
  }
  const preferenceOf = (kindMargins: readonly number[]): Preference => {
    const wins = kindMargins.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin === 0 ? 0.5 : 0), 0);
    const margin = kindMargins.reduce((a, b) => a + b, 0) / kindMargins.length;
    return { ...shareOf(wins, kindMargins.length), pairs: kindMargins.length, margin };
  };
  const kinds = [...new Set(pairs.map(({ kind }) => kind))];
  return {
    all: preferenceOf(margins),
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, preferenceOf(margins.filter((_, i) => pairs[i]!.kind === kind))]),
    ),
    missed: pairs.filter((_, i) => margins[i]! < 0),
  };
}
const BATCH_SIZE = 64;

/** Model inputs that together predict each token of a sentence once. */
function scoringInputs(
  network: Network,
  tokenizer: Tokenizer,
  text: string,
  isMasked: boolean,
): readonly ScoringInput[] {
  const { config } = network.choice;
  const tokens = [...tokenizer.encode(text)];
  const { begin } = tokenizer;
  const before = isMasked && begin === undefined ? [] : [beginOf(tokenizer)];
  const after = isMasked && begin !== undefined ? [tokenizer.idOf('separator')] : [];
  // A causal model never reads the last token; it only predicts it.
  const inputLength = before.length + tokens.length + (isMasked ? after.length : -1);
  if (inputLength > config.context)
    throw badSettings(
      `${JSON.stringify(text)} has ${formatCount(tokens.length)} tokens, but the model's context is ${formatCount(config.context)}.`,
      'Remove that sentence.',
    );
  if (!isMasked)
    return [
      { ids: [...before, ...tokens.slice(0, -1)], targets: tokens.map((token, position) => ({ position, token })) },
    ];
  const mask = tokenizer.idOf('mask');
  return tokens.map((token, i) => ({
    ids: [...before, ...tokens.with(i, mask), ...after],
    targets: [{ position: before.length + i, token }],
  }));
}
