/** Where a model that answers stops. It brings Jinja with it, and is loaded by what writes models down or asks them. */
import * as jinja from '@huggingface/jinja';
import { HomegrownError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Tried, tried } from './renderChat';
import { compiledBy, ownTemplate } from './template';

/** Tokens at which it ends what it writes: the end of text, and of an answer where that is another. */
export function endsOf(tokenizer: Tokenizer): readonly number[] {
  const turn = endOfTurn(tokenizer);
  return turn === undefined || turn === tokenizer.endOfText ? [tokenizer.endOfText] : [tokenizer.endOfText, turn];
}

/**
 * The special token with which the tokenizer's own template ends an answer; undefined where there is no template, where it ends
 * them with none, and where it cannot be run.
 */
export const endOfTurn = (tokenizer: Tokenizer): number | undefined => triedOn(tokenizer)?.endsWith;

/** Whether it has a template that can be run. */
export const canBeAsked = (tokenizer: Tokenizer): boolean => triedOn(tokenizer) !== null;

function triedOn(tokenizer: Tokenizer): Tried | null {
  const kept = known.get(tokenizer);
  if (kept !== undefined) return kept;
  const found = triedAnew(tokenizer);
  known.set(tokenizer, found);
  return found;
}
const known = new WeakMap<Tokenizer, Tried | null>();

function triedAnew(tokenizer: Tokenizer): Tried | null {
  const source = ownTemplate(tokenizer);
  if (source === undefined) return null;
  try {
    return tried(compiledBy(jinja, source, tokenizer));
  } catch (error) {
    // A model that came in goes out again with the template that it had.
    if (error instanceof HomegrownError) return null;
    throw error;
  }
}
