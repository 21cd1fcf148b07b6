/** Chat template in Jinja, as in `chat_template` of tokenizer_config.json, run by @huggingface/jinja. */
import { loaded } from '../base/load';
import { tokenizerNames } from '../tokenizer/json';
import { readTokenizerConfig, type TokenizerConfig } from '../tokenizer/readJson';
import { type AppliedFiles, chatTemplateOf, type Tokenizer } from '../tokenizer/tokenizer';
import type { Conversation } from './conversation';
import type { Jinja } from './boundedInterpreter';
import { compileRenderer } from './jinja';

export interface ChatTemplate {
  readonly source: string;
  /** Tokenizer with the special tokens that the template writes. */
  readonly tokenizer: Tokenizer;
  /**
   * Renders a conversation as text.
   * @param asks whether to add the generation prompt (`add_generation_prompt`)
   * @throws HomegrownError `bad-settings` naming the conversation, if the template raises an exception or can't run
   */
  render(conversation: Conversation, asks?: boolean): string;
}

/** Names of a template in errors. */
export const OWNERS = {
  model: 'The model’s chat template',
  usual: 'The default chat template',
  chosen: 'The chosen chat template',
} as const;
type Owner = (typeof OWNERS)[keyof typeof OWNERS];

/**
 * Compiles a template, after loading Jinja.
 * @throws HomegrownError `bad-settings` with the reason if the template doesn't parse
 */
export async function compiled(source: string, tokenizer: Tokenizer, owner?: Owner): Promise<ChatTemplate> {
  return compileWith(await loaded('The chat template engine', import('@huggingface/jinja')), source, tokenizer, owner);
}

/** Compiles a template with a loaded Jinja. */
export const compileWith = (jinja: Jinja, source: string, tokenizer: Tokenizer, owner?: Owner): ChatTemplate => ({
  source,
  tokenizer,
  render: compileRenderer(jinja, source, specialNames(tokenizer), owner),
});

/** Special tokens by their names in tokenizer_config.json: `eos_token` and others. */
export function specialNames(tokenizer: Tokenizer): Record<string, unknown> {
  const { applied } = tokenizer.model;
  const { chat_template: _, ...names } = applied ? appliedNames(applied) : tokenizerNames(tokenizer);
  return names;
}

/** Contents of the tokenizer's own tokenizer_config.json. */
const appliedNames = ({ config = '{}' }: AppliedFiles): TokenizerConfig => readTokenizerConfig(JSON.parse(config));

/** Template in the tokenizer's files; undefined if there is none. */
export const ownTemplate = ({ model }: Tokenizer): string | undefined =>
  model.applied ? appliedNames(model.applied)['chat_template'] : chatTemplateOf(model);
