/** Forgetting: perplexity of a tuned model on text that its base was trained on. */
import { badSettings, HomegrownError, paragraph } from '../../src/core/base/errors';
import { unwatched } from '../../src/core/base/job';
import { held, type Held } from '../../src/core/evaluate/blocks';
import { perplexityOn } from '../../src/core/evaluate/forgotten';
import type { Estimate } from '../../src/core/metrics/metric';
import type { ModelChoice, Network } from '../../src/core/models/network';
import type { ObjectiveId } from '../../src/core/objectives';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { isForgettingMeasured } from '../../src/jobs/oldText';
import { textsOf } from './documents';
import { readHeldOutSet } from './evaluationData';

/** Measures a model on that text, as `evaluate` does, to the bit. */
export type OldText = (network: Network) => Promise<Estimate>;

/** The model to tune: its earlier purpose, if a run has one, and its new purpose. */
interface TunedModel {
  model: ModelChoice;
  objective: ObjectiveId;
  earlier: ObjectiveId | undefined;
}

/**
 * Uses named files, or the validation set of the base if its texts haven't moved.
 * @returns `why` forgetting isn't measured, if there is neither
 * @throws HomegrownError if a named file can't be read
 */
export async function oldText(
  from: string,
  files: readonly string[] | undefined,
  { tokenizer, model, objective, earlier = objective }: TunedModel & { tokenizer: Tokenizer },
  signal: AbortSignal,
): Promise<{ old: OldText } | { why: string }> {
  const measureOn = (documents: readonly Held[]): OldText => {
    const measure = perplexityOn(documents, tokenizer, objective, { ...unwatched, signal });
    return (network) => measure(network);
  };
  if (!isForgettingMeasured(model, [objective, earlier]))
    return { why: 'The model has no perplexity on text. Forgetting is not measured.' };
  if (files) {
    const documents = (await textsOf(files, signal)).map(({ text, name }) => held(tokenizer, text, name));
    if (documents.some(({ ids }) => ids.length > 0)) return { old: measureOn(documents) };
    throw badSettings(
      'The files of --old contain no text.',
      'Name held-out text of the kind that the base was trained on.',
    );
  }
  try {
    const { documents, chats } = await readHeldOutSet(from, 'validation', signal);
    if (documents) return { old: measureOn(documents) };
    return { why: `${from} was trained on ${chats ? 'chats' : 'pairs'}, not on text. ${NOT_MEASURED}` };
  } catch (error) {
    if (!(error instanceof HomegrownError)) throw error;
    return { why: paragraph(error.message, NOT_MEASURED) };
  }
}
const NOT_MEASURED = 'Forgetting is not measured; --old FILE names text for it.';
