/** What a model writes after a text: how it goes on, or what it answers, by the kind of the model. */
import { badSettings } from '../base/errors';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { promptIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { answer, type AnswerSettings } from './answer';
import { generate } from './generate';

/**
 * Token by token, without the one that ends it.
 * @throws HomegrownError `bad-settings` where the model only fills blanks, and where one that does not answer is asked for beams
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
    throw badSettings(`${label} reads a text both ways and writes none.`, 'Let it fill the blanks of a passage.');
  if (settings.beams > 1)
    throw badSettings(`Beams are for models that answer a text, and ${label} goes on from one.`, 'Take 1 beam.');
  for await (const token of generate(network, promptIds(tokenizer, text), settings, job, pause)) {
    if (token.id === tokenizer.endOfText) return;
    yield token;
  }
}
