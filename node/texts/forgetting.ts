/** What tuning makes a model forget: its perplexity on text that it had learnt before. */
import { badSettings, HomegrownError, paragraph } from '../../src/core/base/errors';
import { unwatched } from '../../src/core/base/job';
import { held, type Held } from '../../src/core/evaluate/blocks';
import { hasPerplexity, perplexityOn } from '../../src/core/evaluate/forgotten';
import type { Estimate } from '../../src/core/metrics/metric';
import type { ModelChoice, Network } from '../../src/core/models/network';
import type { ObjectiveId } from '../../src/core/objectives';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { textsOf } from './documents';
import { readHeldOutSet } from './evaluationData';

/** Measures a model on that text, as `evaluate` does, to the bit. */
export type OldText = (network: Network) => Promise<Estimate>;

/** The model that is tuned: what it was trained for, if a run says, and what it is trained for now. */
export interface Tunes {
  model: ModelChoice;
  objective: ObjectiveId;
  earlier: ObjectiveId | undefined;
}

/**
 * Of files that are given, or else of what the run that the model is from has held out, where its texts lie as they lay.
 * @returns `why` it is not measured, where there is neither
 * @throws HomegrownError where what is given cannot be read
 */
export async function oldText(
  from: string,
  files: readonly string[] | undefined,
  { tokenizer, model, objective, earlier = objective }: Tunes & { tokenizer: Tokenizer },
  signal: AbortSignal,
): Promise<{ old: OldText } | { why: string }> {
  const measuredOn = (documents: readonly Held[]): OldText => {
    const measure = perplexityOn(documents, tokenizer, objective, { ...unwatched, signal });
    return (network) => measure(network);
  };
  if (![objective, earlier].every((each) => hasPerplexity(each, model)))
    return { why: 'The model has no perplexity on text. Forgetting is not measured.' };
  if (files) {
    const documents = (await textsOf(files, signal)).map(({ text, name }) => held(tokenizer, text, name));
    if (documents.some(({ ids }) => ids.length > 0)) return { old: measuredOn(documents) };
    throw badSettings(
      'The files of --old contain no text.',
      'Name held-out text of the kind that the base was trained on.',
    );
  }
  try {
    const { documents, chats } = await readHeldOutSet(from, 'validation', signal);
    if (documents) return { old: measuredOn(documents) };
    return { why: `${from} was trained on ${chats ? 'chats' : 'pairs'}, not on text. ${OTHERWISE}` };
  } catch (error) {
    if (!(error instanceof HomegrownError)) throw error;
    return { why: paragraph(error.message, OTHERWISE) };
  }
}
const OTHERWISE = 'Forgetting is not measured; --old FILE names text for it.';
