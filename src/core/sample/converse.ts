/** Chats with a model: renders the conversation with its chat template, and generates its turn. */
import { badSettings } from '../base/errors';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import type { Message } from '../chat/conversation';
import { endsOf } from '../chat/endOfTurn';
import { prompted } from '../chat/renderChat';
import { inContext, type Room, roomFor } from '../chat/room';
import { compiled, OWNERS, ownTemplate } from '../chat/template';
import { modelSpec } from '../models';
import type { ModelChoice, Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { generate, type GenerationSettings } from './generate';
import type { SampledToken } from './sampleToken';

interface Asked extends Room {
  /** Tokens that end an answer. */
  ends: readonly number[];
}

/**
 * @param messages the last is the user's
 * @param length maximum number of tokens in the answer, some of them reserved
 * @throws HomegrownError `bad-settings` if the model can't chat or has no template, if the template rejects the
 * conversation, or if the question alone doesn't fit
 */
export async function asked(
  { id, config }: ModelChoice,
  tokenizer: Tokenizer,
  messages: readonly Message[],
  length: number,
): Promise<Asked> {
  const { kind, label } = modelSpec(id);
  if (kind !== 'decoder')
    throw badSettings(`${label} models don’t chat: they have no chat template.`, 'Use a plain prompt.');
  const source = ownTemplate(tokenizer);
  if (source === undefined)
    throw badSettings(
      'This model has no chat template, so it can’t chat.',
      'Use a plain prompt, or tune it on chats first: Teach it more, or npm run tune -- --kind instruct.',
    );
  const template = await compiled(source, tokenizer, OWNERS.model);
  const ask = (said: readonly Message[]): Uint32Array => prompted({ messages: said, name: 'what was said' }, template);
  const { context } = config;
  return { ...inContext(messages, ask, context, roomFor(length, context)), ends: endsOf(tokenizer) };
}

/** Yields the answer by tokens, without the end token; fewer than `length` if the context has no room for more. */
export async function* converse(
  network: Network,
  { ids, ends, max }: Asked,
  settings: GenerationSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause = yieldToEventLoop,
): AsyncGenerator<SampledToken> {
  const length = Math.min(settings.length, max);
  for await (const token of generate(network, ids, { ...settings, length }, job, pause)) {
    if (ends.includes(token.id)) return;
    yield token;
  }
}
