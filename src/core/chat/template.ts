/** A chat template: in Jinja, as `chat_template` of tokenizer_config.json has it, run by @huggingface/jinja. */
import { loaded } from '../base/load';
import { tokenizerNames } from '../tokenizer/json';
import { readTokenizerConfig, type TokenizerConfig } from '../tokenizer/readJson';
import { type AppliedFiles, chatTemplateOf, type Tokenizer } from '../tokenizer/tokenizer';
import type { Conversation } from './conversation';
import type { Jinja } from './boundedInterpreter';
import { runnable } from './jinja';

export interface ChatTemplate {
  readonly source: string;
  /** Whose special tokens it writes. */
  readonly tokenizer: Tokenizer;
  /**
   * A conversation as one text.
   * @param asks whether an answer is to follow (`add_generation_prompt`)
   * @throws HomegrownError `bad-settings` naming the conversation, where the template raises an exception or cannot be run
   */
  render(conversation: Conversation, asks?: boolean): string;
}

/** Whose template it is, as errors say it. */
export const OWNERS = {
  model: 'The model’s chat template',
  usual: 'The default chat template',
  chosen: 'The chosen chat template',
} as const;
type Owner = (typeof OWNERS)[keyof typeof OWNERS];

/**
 * A template that can be run.
 * @throws HomegrownError `bad-settings` with the reason, where it does not parse
 */
export async function compiled(source: string, tokenizer: Tokenizer, owner?: Owner): Promise<ChatTemplate> {
  return compiledBy(await loaded('The chat template engine', import('@huggingface/jinja')), source, tokenizer, owner);
}

/** The same where Jinja is there. */
export const compiledBy = (jinja: Jinja, source: string, tokenizer: Tokenizer, owner?: Owner): ChatTemplate => ({
  source,
  tokenizer,
  render: runnable(jinja, source, specialNames(tokenizer), owner),
});

/** What tokenizer_config.json calls the special tokens: `eos_token` and its kin. */
export function specialNames(tokenizer: Tokenizer): Record<string, unknown> {
  const { applied } = tokenizer.model;
  const { chat_template: _, ...names } = applied ? appliedNames(applied) : tokenizerNames(tokenizer);
  return names;
}

/** As its own file says. */
const appliedNames = ({ config = '{}' }: AppliedFiles): TokenizerConfig => readTokenizerConfig(JSON.parse(config));

/** The template that a tokenizer came with; undefined where it has none. */
export const ownTemplate = ({ model }: Tokenizer): string | undefined =>
  model.applied ? appliedNames(model.applied)['chat_template'] : chatTemplateOf(model);
