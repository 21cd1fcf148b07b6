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
import { type Read, wantedNats } from './tokenScores';

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
  for (let first = 0; first < pairs.length; first += AT_ONCE) {
    onProgress(first, pairs.length);
    const some = pairs.slice(first, first + AT_ONCE);
    const reads = some.flatMap((pair) =>
      [pair.first, pair.second].map((text) => readsOf(network, tokenizer, text, isMasked)),
    );
    const nats = await wantedNats(network, reads.flat(), pause);
    let at = 0;
    const sums = reads.map((own) => own.reduce((sum) => sum + nats[at++]!, 0));
    margins.push(...some.map((_, i) => sums[2 * i + 1]! - sums[2 * i]!));
  }
  const of = (chosen: readonly number[]): Preference => {
    const won = chosen.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin === 0 ? 0.5 : 0), 0);
    const margin = chosen.reduce((a, b) => a + b, 0) / chosen.length;
    return { ...shareOf(won, chosen.length), pairs: chosen.length, margin };
  };
  const kinds = [...new Set(pairs.map(({ kind }) => kind))];
  return {
    all: of(margins),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, of(margins.filter((_, i) => pairs[i]!.kind === kind))])),
    missed: pairs.filter((_, i) => margins[i]! < 0),
  };
}
const AT_ONCE = 64;

/** Reads that together predict each token of a sentence once. */
function readsOf(network: Network, tokenizer: Tokenizer, text: string, isMasked: boolean): readonly Read[] {
  const { config } = network.choice;
  const own = [...tokenizer.encode(text)];
  const { begin } = tokenizer;
  const before = isMasked && begin === undefined ? [] : [beginOf(tokenizer)];
  const after = isMasked && begin !== undefined ? [tokenizer.idOf('separator')] : [];
  // A causal model never reads the last token; it only predicts it.
  const read = before.length + own.length + (isMasked ? after.length : -1);
  if (read > config.context)
    throw badSettings(
      `${JSON.stringify(text)} has ${formatCount(own.length)} tokens, but the model's context is ${formatCount(config.context)}.`,
      'Remove that sentence.',
    );
  if (!isMasked) return [{ ids: [...before, ...own.slice(0, -1)], wanted: own.map((token, at) => ({ at, token })) }];
  const mask = tokenizer.idOf('mask');
  return own.map((token, i) => ({
    ids: [...before, ...own.with(i, mask), ...after],
    wanted: [{ at: before.length + i, token }],
  }));
}
