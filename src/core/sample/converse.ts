/** What a model that chats answers: a conversation put to it by its chat template, up to where its turn ends. */
import { badSettings } from '../base/errors';
import { type Job, type Pause, yieldToEventLoop } from '../base/job';
import { formatCount } from '../base/units';
import type { Message } from '../chat/conversation';
import { endsOf } from '../chat/endOfTurn';
import { prompted } from '../chat/painted';
import { compiled, ownTemplate } from '../chat/template';
import { modelSpec } from '../models';
import type { ModelChoice, Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { generate, type GenerationSettings } from './generate';
import type { SampledToken } from './sampleToken';

export interface Asked {
  ids: Uint32Array;
  /** Tokens that an answer ends with. */
  ends: readonly number[];
  /** Tokens that it may have: a conversation of which the beginning is not read any more is none. */
  most: number;
  /** Messages that had no room, the earliest after the system's. */
  leftOut: number;
}

/**
 * @param messages the last is the user's
 * @param room tokens to keep free for the answer, where the earliest messages can be left out for that
 * @throws HomegrownError `bad-settings` where the model is for no chats, where it has no template, where that takes no such
 * conversation, and where the question alone has no room
 */
export async function asked(
  { id, config }: ModelChoice,
  tokenizer: Tokenizer,
  messages: readonly Message[],
  room = 1,
): Promise<Asked> {
  const { kind, label } = modelSpec(id);
  if (kind !== 'decoder')
    throw badSettings(
      `${label} does not chat: its prompts are not written by a template.`,
      'Give it its prompt as it is.',
    );
  const source = ownTemplate(tokenizer);
  if (source === undefined)
    throw badSettings(
      'This model has no chat template, so it is not known how a question is put to it.',
      'Give it a text to go on from, or have it learn answers first: Tune, Instruct, or npm run tune -- --kind instruct.',
    );
  const template = await compiled(source, tokenizer);
  const ends = endsOf(tokenizer);
  const system = messages.filter(({ role }) => role === 'system');
  const turns = messages.slice(system.length);
  for (let from = 0; ; from += 2) {
    const isLast = from + 2 >= turns.length;
    const ids = prompted({ messages: [...system, ...turns.slice(from)], name: 'what was said' }, template);
    const most = config.context + 1 - ids.length;
    if (most >= (isLast ? 1 : room)) return { ids, ends, most, leftOut: from };
    if (isLast)
      throw badSettings(
        `The question has ${formatCount(ids.length)} tokens with what its template writes, and the model reads ${formatCount(config.context)} at once.`,
        'Ask in fewer words.',
      );
  }
}

/** Token by token, without the one that ends it; fewer than `length` where the context has no room for more. */
export async function* converse(
  network: Network,
  { ids, ends, most }: Asked,
  settings: GenerationSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause = yieldToEventLoop,
): AsyncGenerator<SampledToken> {
  const length = Math.min(settings.length, most);
  for await (const token of generate(network, ids, { ...settings, length }, job, pause)) {
    if (ends.includes(token.id)) return;
    yield token;
  }
}
