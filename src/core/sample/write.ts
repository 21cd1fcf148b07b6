/** Generates text after a prompt: a continuation or an answer, by the kind of the model. */
import { badSettings } from '../base/errors';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { promptIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { answer, type AnswerSettings } from './answer';
import { generate } from './generate';

/**
 * Yields the text by tokens, without the end token.
 * @throws HomegrownError `bad-settings` if the model only fills blanks, or if beams are requested from a model that
 * continues text
 */
export async function* write(
  network: Network,
  tokenizer: Tokenizer,
  text: string,
  settings: AnswerSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause = yieldToEventLoop,
): ReturnType<typeof answer> {
  const { kind, label } = modelSpec(network.choice.id);
  if (kind === 'encoder-decoder') {
    yield* answer(network, tokenizer, text, settings, job, pause);
    return;
  }
  if (kind === 'encoder')
    throw badSettings(`${label} models fill blanks and don’t continue text.`, 'Give it a passage with blanks.');
  if (settings.beams > 1)
    throw badSettings(`Beam search is for models that answer an input, and ${label} continues text.`, 'Use 1 beam.');
  for await (const token of generate(network, promptIds(tokenizer, text), settings, job, pause)) {
    if (token.id === tokenizer.endOfText) return;
    yield token;
  }
}
