/**
 * Prompts of the exported web service: the same code as here, built into its folder as prompt.mjs by scripts/served.ts.
 * Jinja is a package of the service.
 */
import * as jinja from '@huggingface/jinja';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Message } from './conversation';
import { compileRenderer } from './jinja';
import { prompted } from './renderChat';

/** Chat fields of model.json. */
export interface ServedChat {
  /** Jinja source. */
  template: string;
  /** Special tokens for the template: `eos_token` and others. */
  names: Readonly<Record<string, unknown>>;
  /** Special tokens. `lstrip`, `rstrip`: whether the token strips the white space before and after it. */
  special: readonly { id: number; text: string; lstrip?: boolean; rstrip?: boolean }[];
  /** Special tokens that end an answer. */
  ends: readonly number[];
}

/**
 * Returns a function that renders a prompt as ids.
 * @param encode tokenizes text without special tokens
 * @throws HomegrownError `bad-settings` if the template rejects the conversation
 */
export function prompter(
  { template: source, names, special }: Omit<ServedChat, 'ends'>,
  encode: (text: string) => ArrayLike<number>,
): (messages: readonly Message[]) => number[] {
  const added = special.map(({ id, lstrip = false, rstrip = false }) => ({ id, lstrip, rstrip }));
  // The part of a tokenizer that rendering needs.
  const tokenizer = {
    special,
    model: { elsewhere: { added } },
    encode: (text: string) => Uint32Array.from(encode(text)),
  } as unknown as Tokenizer;
  const template = { source, tokenizer, render: compileRenderer(jinja, source, names, 'The model’s chat template') };
  return (messages) => Array.from(prompted({ messages, name: 'this conversation' }, template));
}
