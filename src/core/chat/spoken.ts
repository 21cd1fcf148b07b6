/** Chooses the chat template of a run. */
import { badSettings } from '../base/errors';
import { createTokenizer } from '../tokenizer/byteLevel';
import { type Tokenizer, withChatTemplate } from '../tokenizer/tokenizer';
import { type ChatTemplate, compiled, OWNERS, ownTemplate } from './template';
import { usualTemplate } from './usual';

/**
 * Compiles the template of a run, and stores it with the tokenizer.
 * @param source Jinja source; absent: the tokenizer's own, or a default that fits its special tokens
 * @throws HomegrownError `bad-settings` if the template can't be parsed
 */
export async function spokenBy(tokenizer: Tokenizer, source?: string): Promise<ChatTemplate> {
  if (tokenizer.model.applied)
    throw badSettings(
      'Fine-tuning on chats needs a byte-level tokenizer, and this model has another kind.',
      'Choose another base model, or adapt this one to text.',
    );
  const template = source ?? usualTemplate(tokenizer);
  const owner = source !== undefined ? 'chosen' : ownTemplate(tokenizer) === undefined ? 'usual' : 'model';
  return compiled(template, await createTokenizer(withChatTemplate(tokenizer.model, template)), OWNERS[owner]);
}
