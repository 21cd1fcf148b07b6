/** Which template the chats of a run are written in. */
import { badSettings } from '../base/errors';
import { createTokenizer } from '../tokenizer/byteLevel';
import { type Tokenizer, withChatTemplate } from '../tokenizer/tokenizer';
import { type ChatTemplate, compiled, OWNERS, ownTemplate } from './template';
import { usualTemplate } from './usual';

/**
 * The template of a run, by which its tokenizer writes chats from then on.
 * @param source in Jinja; absent: the one that the tokenizer has, or else what its special tokens allow
 * @throws HomegrownError `bad-settings` where it cannot be read
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
