/** A question as a model that chats is asked it. */
import { badSettings } from '../src/core/base/errors';
import { formatCount } from '../src/core/base/units';
import { prompted } from '../src/core/chat/painted';
import { compiled, ownTemplate } from '../src/core/chat/template';
import { endsOf } from '../src/core/export/chatFacts';
import { modelSpec } from '../src/core/models';
import type { ModelChoice } from '../src/core/models/network';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';

export interface Asked {
  ids: Uint32Array;
  /** Tokens that an answer ends with. */
  ends: readonly number[];
  /** Tokens that it may have: a conversation of which the beginning is not read any more is none. */
  most: number;
}

/** @throws HomegrownError `bad-settings` where the model is for no chats, where it has no template, and where that takes no such question */
export async function asked(
  { id, config }: ModelChoice,
  tokenizer: Tokenizer,
  question: string,
  system: string | undefined,
): Promise<Asked> {
  const { kind, label } = modelSpec(id);
  if (kind !== 'decoder')
    throw badSettings(`${label} does not chat: its prompts are not written by a template.`, 'Leave --chat out.');
  const source = ownTemplate(tokenizer);
  if (source === undefined)
    throw badSettings(
      'This model has no chat template, so it is not known how a question is put to it.',
      'Leave --chat out, or have it learn answers first: npm run tune -- --kind instruct.',
    );
  const template = await compiled(source, tokenizer);
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: question } as const,
  ];
  const ids = prompted({ messages, name: 'the question' }, template);
  if (ids.length > config.context)
    throw badSettings(
      `The question has ${formatCount(ids.length)} tokens with what its template writes, and the model reads ${formatCount(config.context)} at once.`,
      'Ask in fewer words.',
    );
  return { ids, ends: endsOf(tokenizer), most: config.context + 1 - ids.length };
}
